// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// values is a storage of an alertLog.
type values map[string][]byte

func (v values) get(key string) ([]byte, error) { return v[key], nil }

func (v values) put(changes []detect.Change) {
	for _, c := range changes {
		if c.Value == nil {
			delete(v, c.Key)
		} else {
			v[c.Key] = c.Value
		}
	}
}

func alertNumber(n int) *alert.Alert { return &alert.Alert{UID: fmt.Sprint(n), Status: alert.Opened} }

// TestStoredAlertsAreAlwaysTheUnsentOnes adds and removes alerts at random. Some saves fail.
func TestStoredAlertsAreAlwaysTheUnsentOnes(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		var log alertLog
		stored := values{}
		first, end := 0, 0
		for range 100 {
			end += random.IntN(2) * random.IntN(400)
			first += random.IntN(2) * random.IntN(end-first+1)
			var alerts []*alert.Alert
			for n := first; n < end; n++ {
				alerts = append(alerts, alertNumber(n))
			}
			changes, err := log.save(uint64(first), alerts)
			require.NoError(t, err)
			if random.IntN(4) == 0 {
				continue
			}
			stored.put(changes)
			log.saved()

			var after alertLog
			got, loaded, err := after.load(stored.get)
			require.NoError(t, err)
			require.Equal(t, alerts, loaded)
			if len(alerts) > 0 {
				require.Equal(t, uint64(first), got)
			}
			require.LessOrEqual(t, len(stored), 2*((end-first)/alertsPerChunk+60))
			if random.IntN(4) == 0 {
				log = after
			}
			if first == end {
				require.Empty(t, stored)
			}
		}
	}
}

func TestSaveWritesOnlyNewAlerts(t *testing.T) {
	var log alertLog
	var alerts []*alert.Alert
	save := func(first int) (keys []string) {
		changes, err := log.save(uint64(first), alerts[first:])
		require.NoError(t, err)
		log.saved()
		for _, c := range changes {
			if c.Value == nil {
				c.Key = "-" + c.Key
			}
			keys = append(keys, c.Key)
		}
		return keys
	}
	add := func(n int) {
		for range n {
			alerts = append(alerts, alertNumber(len(alerts)))
		}
	}
	require.Empty(t, save(0), "no alerts")
	add(250)
	require.Equal(t, []string{"alerts/0", "alerts/100", "alerts/200", "alerts"}, save(0))
	require.Empty(t, save(0), "no change")
	add(10)
	require.Equal(t, []string{"alerts/250", "alerts"}, save(0))
	require.Equal(t, []string{"-alerts/0", "alerts"}, save(150))
	require.Equal(t, []string{"alerts"}, save(160), "the chunk still has unsent alerts")
	require.Equal(t, []string{"-alerts/100", "-alerts/200", "-alerts/250", "-alerts"}, save(260))
	add(5)
	require.Empty(t, save(265), "alerts that were sent before the save")
}

func TestDamagedAlertsAreAnError(t *testing.T) {
	var log alertLog
	stored := values{}
	changes, err := log.save(0, []*alert.Alert{alertNumber(1), alertNumber(2)})
	require.NoError(t, err)
	stored.put(changes)
	for key, value := range map[string]string{"alerts": "{", "alerts/0": "[{}]"} {
		damaged := maps.Clone(stored)
		damaged[key] = []byte(value)
		_, _, err := new(alertLog).load(damaged.get)
		assert.EqualError(t, err, fmt.Sprintf("stored state %q is damaged", key))
	}
}

func TestUnsentAlertsSurviveARestart(t *testing.T) {
	for name, crashes := range map[string]bool{"shutdown": false, "crash after a checkpoint": true} {
		t.Run(name, func(t *testing.T) {
			h := newStorageHarness(t, t.TempDir(), "{}")
			d := h.build()
			n := &nextConsumer{reject: errBusy}
			d.queue.next = n
			require.NoError(t, d.Start(t.Context(), h))
			h.see(d, dnsOverTCP(1, 0), dnsOverTCP(2, 0))
			h.see(d, dnsOverTCP(3, 0))
			_, want := d.queue.all()
			want = slices.Clone(want)
			require.Len(t, want, 3)
			h.checkpoint(d)
			crash := h.crashed()
			require.NoError(t, d.Shutdown(t.Context()))
			require.Empty(t, h.messages.FilterMessageSnippet("lost").All())

			if crashes {
				h = crash
			}
			d = h.start()
			waiting, lost := d.queue.counts()
			require.Equal(t, int64(3), waiting)
			require.Zero(t, lost)
			h.see(d, dnsOverTCP(4, 1))
			got := alertsIn(t, &h.sink)
			require.Equal(t, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}, sources(got), "before newer ones")
			for i, a := range want {
				assert.Equal(t, a.UID, got[i].UID)
				assert.Equal(t, a.Body, got[i].Body)
				assert.Equal(t, a.Observed.UTC(), got[i].Observed.UTC())
			}
			require.NoError(t, d.Shutdown(t.Context()))

			d = h.start()
			waiting, _ = d.queue.counts()
			require.Zero(t, waiting, "they were sent")
			require.NoError(t, d.Shutdown(t.Context()))
		})
	}
}
