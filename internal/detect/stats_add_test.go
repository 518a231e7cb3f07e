// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestStatsOfSeveralEnginesAddUp(t *testing.T) {
	kind := AlertKind{alert.High, alert.Opened}
	one := Stats{
		Rules:      []RuleStats{{Rule: "a", Alerts: map[AlertKind]int64{kind: 1}, Suppressed: [numSuppressions]int64{2}, Tracked: 3, Evicted: 4}},
		Watermarks: map[string]int64{"1": 100, "2": 50}, Memory: map[string]int64{"a": 7}, MemoryLimit: 10, Hosts: 2, Gateways: 1, EvictedHosts: 3,
		Matches: map[string]int64{"list": 5}, Attempts: AttemptStats{Waiting: 1, Answers: 2, Failed: 3},
	}
	one.volume[1][1][1] = Volume{1, 2, 3}
	var sum Stats
	sum.Add(&one)
	require.Equal(t, one.Rules, sum.Rules)
	sum.Add(&one)
	require.Equal(t, []RuleStats{{Rule: "a", Alerts: map[AlertKind]int64{kind: 2}, Suppressed: [numSuppressions]int64{4}, Tracked: 6, Evicted: 8}}, sum.Rules)
	require.Equal(t, map[string]int64{"1": 100, "2": 50}, sum.Watermarks, "the greatest, not the sum")
	require.Equal(t, int64(20), sum.MemoryLimit)
	require.Equal(t, int64(2), sum.Flows())
	require.Equal(t, AttemptStats{Waiting: 2, Answers: 4, Failed: 6}, sum.Attempts)
	require.Equal(t, map[AlertKind]int64{kind: 1}, one.Rules[0].Alerts, "unchanged")

	total := sum.Totals()
	require.Equal(t, []RuleStats{{Rule: "a", Alerts: map[AlertKind]int64{kind: 2}, Suppressed: [numSuppressions]int64{4}, Evicted: 8}}, total.Rules)
	require.Zero(t, total.Hosts)
	require.Empty(t, total.Memory)
	require.Equal(t, AttemptStats{Failed: 6}, total.Attempts)
	require.Equal(t, int64(6), total.EvictedHosts)
	require.Equal(t, 6, sum.Rules[0].Tracked, "unchanged")
}

func TestMemoryLimitCanChange(t *testing.T) {
	e, err := New(DefaultConfig(), nil, nil)
	require.NoError(t, err)
	before := e.Memory()
	require.Positive(t, before)
	e.SetMemoryLimit(before / 2)
	stats := e.Stats()
	require.Equal(t, before/2, stats.MemoryLimit)
}
