// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// restart returns a new engine that has loaded the saved state.
func (s *memoryStore) restart(t *testing.T, change func(*Config)) *recordingEngine {
	t.Helper()
	w := newRecordingEngine(t, change)
	require.NoError(t, w.Load(s.get))
	return w
}

func (s *memoryStore) write(changes []Change) error {
	s.put(changes)
	return nil
}

func newMemoryStore() *memoryStore { return &memoryStore{values: map[string][]byte{}} }

// talk returns a flow between a pair of internal hosts.
func talk(src uint32, t int64) flow.Flow {
	return flow.Flow{
		Time: t, Src: netip.AddrFrom4([4]byte{10, byte(src >> 16), byte(src >> 8), byte(src)}),
		Dst: netip.MustParseAddr("192.168.0.1"), SrcPort: 50000, DstPort: 443, Protocol: tcp, Flags: syn,
		Action: flow.Accept, Packets: 1, Bytes: 60, Account: "123456789012",
	}
}

func change(rule string, how func(*Settings)) func(*Config) {
	return func(cfg *Config) {
		set := cfg.Rules[rule]
		how(&set)
		cfg.Rules[rule] = set
	}
}

var learnt = change("new_internal_peer", func(set *Settings) { set.LearningPeriod = 0 })

func TestPairIsKnownForTheRetentionAfterARestart(t *testing.T) {
	const retention = 30 * 86400
	for silent, want := range map[int64][]alert.Status{
		retention:     nil,
		retention + 1: {alert.Opened},
	} {
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			store := newMemoryStore()
			w := store.restart(t, learnt)
			w.feed(talk(1, t0))
			require.Len(t, w.statuses("new_internal_peer"), 1)
			require.NoError(t, w.Save(store.write))
			w = store.restart(t, learnt)
			w.feed(talk(1, t0+silent))
			require.Equal(t, want, w.statuses("new_internal_peer"))
		})
	}
}

func TestLearningPeriodContinuesAfterARestart(t *testing.T) {
	const learning = 7 * 86400
	store := newMemoryStore()
	w := store.restart(t, nil)
	w.feed(talk(1, t0))
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, nil)
	w.feed(talk(2, t0+learning-1))
	require.Empty(t, w.statuses("new_internal_peer"))
	w.feed(talk(3, t0+learning))
	require.Len(t, w.statuses("new_internal_peer"), 1, "a restart does not start the learning period again")
}

func TestLowerThresholdAppliesToSavedState(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, nil)
	probe := func(host int) {
		w.feed(flow.Flow{
			Time: t0, Src: netip.MustParseAddr("203.0.113.7"), Dst: netip.AddrFrom4([4]byte{10, 0, byte(host >> 8), byte(host)}),
			SrcPort: 50000, DstPort: 443, Protocol: tcp, Flags: syn, Action: flow.Reject, Account: "1",
		})
	}
	for host := 1; host <= 4; host++ {
		probe(host)
	}
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, change("external_reject_sweep", func(set *Settings) { set.Threshold = 5 }))
	require.Empty(t, w.alerts)
	probe(5)
	require.Len(t, w.statuses("external_reject_sweep"), 1)
}

func TestEpisodesAreNotResolvedWithoutEmitResolved(t *testing.T) {
	const rule = "dns_not_over_udp"
	on := func(cfg *Config) { cfg.EmitResolved = true }
	off := func(cfg *Config) { cfg.EmitResolved = false }
	store := newMemoryStore()
	w := store.restart(t, on)
	w.feed(dnsOverTCP(t0))
	require.NoError(t, w.Save(store.write))
	w = store.restart(t, off)
	w.feed(elsewhere(t0 + 2*86400))
	require.Empty(t, w.statuses(rule))
	w = store.restart(t, on)
	w.feed(elsewhere(t0 + 2*86400))
	require.Equal(t, []alert.Status{alert.Resolved}, w.statuses(rule), "the state has not changed")
}

func TestEvictedScopeIsNewAfterARestart(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, learnt)
	first := talk(1, t0)
	first.Account = "first"
	w.feed(first)
	for n := range maxScopes {
		other := elsewhere(t0)
		other.Account = time.Duration(n).String()
		w.feed(other)
	}
	require.NoError(t, w.Save(store.write))
	before := w.Stats().Watermarks
	require.NotContains(t, before, "first")
	w = store.restart(t, learnt)
	require.Equal(t, before, w.Stats().Watermarks)
	w.feed(first)
	require.Len(t, w.statuses("new_internal_peer"), 1, "the key was evicted with its scope")
}

func TestUnsavedNewKeysAreBounded(t *testing.T) {
	full := errors.New("disk full")
	store := newMemoryStore()
	w := store.restart(t, change("new_internal_peer", func(set *Settings) { set.MaxKeys = 1000 }))
	for n := range uint32(maxNewKeys + 5000) {
		w.feed(talk(n, t0))
	}
	require.ErrorIs(t, w.SaveNewKeys(func([]Change) error { return full }), full)
	for _, r := range w.running {
		if r.ID == "new_internal_peer" {
			require.Len(t, r.parts[0].(*firstSeen).log.newKeys, maxNewKeys)
		}
	}
	require.True(t, w.HasNewKeys())
	require.NoError(t, w.SaveNewKeys(store.write))
	require.False(t, w.HasNewKeys())
	w = store.restart(t, learnt)
	w.feed(talk(maxNewKeys+4999, t0))
	require.Empty(t, w.alerts, "the last key is saved, although the log of new keys was full")
}

func TestNewKeysAreSavedWithTheirScope(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, learnt)
	pairIn := func(account string) flow.Flow {
		f := talk(1, t0)
		f.Account = account
		return f
	}
	w.feed(pairIn("first"))
	require.NoError(t, w.Save(store.write))
	w.feed(pairIn("second"))
	require.NoError(t, w.SaveNewKeys(store.write))

	w = store.restart(t, learnt)
	w.feed(pairIn("third"))
	require.Len(t, w.statuses("new_internal_peer"), 1, "keys of the second scope are not known in the third")
	w.feed(pairIn("second"))
	require.Empty(t, w.statuses("new_internal_peer"), "keys of the second scope are known in it")
}

func TestNewKeysBeyondTheLogAreSaved(t *testing.T) {
	store := newMemoryStore()
	w := store.restart(t, learnt)
	w.feed(talk(0, t0))
	require.NoError(t, w.Save(store.write), "the scope is saved")
	for n := range uint32(maxNewKeys + 1) {
		w.feed(talk(1+n, t0))
	}
	require.NoError(t, w.SaveNewKeys(store.write))
	require.False(t, w.HasNewKeys())

	w = store.restart(t, learnt)
	w.feed(talk(maxNewKeys+1, t0))
	require.Empty(t, w.statuses("new_internal_peer"), "the last key, which did not fit in the log, is known")
}
