// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// untimelyWarnings returns the warnings about untimely flows since the last call.
func (r *harness) untimelyWarnings() (list []string) {
	for _, entry := range r.logged.TakeAll() {
		if entry.Message == untimelyMessage {
			f := entry.ContextMap()
			list = append(list, fmt.Sprint(f["scope"], " ", f["flows"], " ", f["late"], " ", f["future"], " ", f["past"], " ", f["likely_cause"]))
		}
	}
	slices.Sort(list)
	return list
}

func TestScopesWithoutDetectionAreLoggedOncePerHour(t *testing.T) {
	r := newHarness(t, "{shards: 2}").run()
	lines := func(account string, after, n int) (list []string) {
		for range n {
			list = append(list, lineOf(account, "203.0.113.7", 50000, "10.0.0.5", 443, after, "REJECT"))
		}
		return list
	}
	year := 365 * 24 * 60 * 60
	r.consume(slices.Concat(lines("1", 0, 1), lines("1", -1801, 99), lines("2", 0, 500))...)
	assert.Empty(t, r.untimelyWarnings(), "too few flows, or flows in time")
	r.consume(slices.Concat(lines("1", -1801, 1), lines("3", -30*year, 200), lines("3", 30*year, 300), lines("2", -1801, 50))...)
	want := []string{
		"1 100 100 0 0 " + lateCause,
		"3 500 0 300 200 " + futureCause + "; " + pastCause,
	}
	assert.Equal(t, want, r.untimelyWarnings())
	r.pass(time.Hour - time.Second)
	r.consume(lines("1", -1801, 1)...)
	assert.Empty(t, r.untimelyWarnings(), "logged within the hour")
	r.pass(time.Second)
	r.consume(lines("1", -1801, 1)...)
	assert.Equal(t, []string{
		"1 102 102 0 0 " + lateCause,
		"3 500 0 300 200 " + futureCause + "; " + pastCause,
	}, r.untimelyWarnings())
	r.pass(time.Hour)
	r.consume(slices.Concat(lines("1", 0, 1), lines("3", 0, 1))...)
	assert.Empty(t, r.untimelyWarnings(), "flows in time again")
}

func TestUntimelyFlowsAreMeasuredByScope(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	lines := []string{lineOf("1", "203.0.113.7", 50000, "10.0.0.5", 443, 0, "REJECT")}
	for range 99 {
		lines = append(lines, lineOf("1", "203.0.113.7", 50000, "10.0.0.5", 443, -1801, "REJECT"))
	}
	require.NoError(t, m.detector.ConsumeLogs(t.Context(), decoded(lines...)))
	assert.Empty(t, m.points("vpc_flow.untimely"))
	require.NoError(t, m.detector.ConsumeLogs(t.Context(), decoded(lines[1])))
	assert.Equal(t, map[string]int64{"reason=late scope=1": 100}, m.points("vpc_flow.untimely"))
	require.NoError(t, m.detector.ConsumeLogs(t.Context(), decoded(lines[0])))
	assert.Empty(t, m.points("vpc_flow.untimely"))
}
