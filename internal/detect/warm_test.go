// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestLargeBatchesAlertLikeSingleEvents(t *testing.T) {
	observe := func(size int) (alerts []*alert.Alert, stats Stats) {
		cfg := DefaultConfig()
		for id, set := range cfg.Rules {
			set.Threshold = min(set.Threshold, 2)
			cfg.Rules[id] = set
		}
		e, err := New(cfg, nil, nil)
		require.NoError(t, err)
		var batch []*Event
		for n := range 150_000 {
			f := spreadFlow(n%100_000, false)
			f.Time = t0 + int64(n/1000)
			f.DstPort += uint16(n / 100_000)
			ev := new(Event)
			require.Equal(t, Evaluate, e.Classify(&f, f.Time, ev))
			if batch = append(batch, ev); len(batch) == size {
				e.ObserveAll(batch, func(a *alert.Alert) { alerts = append(alerts, a) })
				batch = nil
			}
		}
		for _, rule := range []string{"external_port_scan", "large_outbound_transfer"} {
			for _, r := range e.running {
				if r.ID == rule {
					tracked, _ := r.parts[0].size()
					require.Greater(t, tracked, minWarm, rule)
				}
			}
		}
		return alerts, e.Stats()
	}
	want, wantStats := observe(1)
	got, stats := observe(100)
	require.NotEmpty(t, want)
	require.Equal(t, want, got)
	require.Equal(t, wantStats, stats)
}
