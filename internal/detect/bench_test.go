// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// corpus returns the evaluated flows of a day with mixed traffic.
func corpus(b *testing.B, e *Engine) []Event {
	b.Helper()
	var events []Event
	lines, err := flowgen.Corpus(2, 1, 200_000)
	require.NoError(b, err)
	for line := range lines {
		var f flow.Flow
		var ev Event
		require.NoError(b, flow.Default.Flow(line, &f))
		if e.Classify(&f, f.Time, &ev) == Evaluate {
			events = append(events, ev)
		}
	}
	return events
}

// BenchmarkEngine measures all rules on the corpus, which it repeats at later times. It does so without and with a threshold
// profile, and then for each rule alone.
func BenchmarkEngine(b *testing.B) {
	run := func(b *testing.B, only string, profile bool) {
		b.Helper()
		cfg := DefaultConfig()
		cfg.Profile = profile
		for id, set := range cfg.Rules {
			set.Enabled = only == "" || only == id
			cfg.Rules[id] = set
		}
		e, err := New(cfg, demoThreats(b), network.BuiltIn())
		require.NoError(b, err)
		events := corpus(b, e)
		alerts, ev := 0, new(Event)
		count := func(*alert.Alert) { alerts++ }
		at, shift := 0, int64(0)
		span := events[len(events)-1].Time - events[0].Time + 1
		next := func() {
			if at == len(events) {
				at, shift = 0, shift+span
			}
			*ev = events[at]
			ev.Time += shift
			e.Observe(ev, count)
			at++
		}
		for range events { // the first day fills the tables
			next()
		}
		b.ReportAllocs()
		for b.Loop() {
			next()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flows/s")
	}
	b.Run("all", func(b *testing.B) { run(b, "", false) })
	b.Run("all_profiled", func(b *testing.B) { run(b, "", true) })
	for _, rule := range Rules {
		b.Run(rule.ID, func(b *testing.B) { run(b, rule.ID, false) })
	}
}
