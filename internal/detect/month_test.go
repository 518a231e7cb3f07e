// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

var month = flag.Bool("month", false, "evaluate whole months of five million records with three seeds, instead of a short one")

// monthSeeds were chosen before the first run.
var monthSeeds = []uint64{11, 23, 47}

// TestAMonthOfOrdinaryTrafficRaisesNoFalseAlerts evaluates thirty days with all rules. Rules of the second ruleset may alert
// only on the attacks, and on ordinary events that meet the definition of a rule.
func TestAMonthOfOrdinaryTrafficRaisesNoFalseAlerts(t *testing.T) {
	require.GreaterOrEqual(t, flowgen.MonthHosts(), 500)
	seeds, rate := monthSeeds[:1], 0.04
	if *month {
		seeds, rate = monthSeeds, 1
	}
	for _, seed := range seeds {
		m := flowgen.DefaultMonth(seed)
		m.Rate = rate
		records, opened := evaluateMonth(t, m)
		if *month {
			require.Greater(t, records, 5_000_000)
		}
		t.Logf("seed %d: %d records, opened alerts: %v", seed, records, counted(opened))
		wanted := monthAttacks()
		if *month {
			wanted = expectedInMonth()
		}
		for _, want := range wanted {
			require.Contains(t, opened, want, "seed %d: a missed attack", seed)
		}
		for _, got := range slices.Sorted(maps.Keys(opened)) {
			if !seedRule(got) && !slices.Contains(expectedInMonth(), got) {
				require.Fail(t, "a false alert", "seed %d: %s", seed, got)
			}
		}
	}
}

// monthAlert is a rule and the address that an alert is about.
func monthAlert(rule string, source netip.Addr) string { return fmt.Sprint(rule, " ", source) }

// evaluateMonth returns the number of records and how often each rule opened an episode for each source.
func evaluateMonth(t *testing.T, m flowgen.Month) (records int, opened map[string]int) {
	t.Helper()
	cfg := detect.DefaultConfig()
	scanner := netip.PrefixFrom(flowgen.MonthScanner(), 32)
	cfg.Ignore = []detect.Ignore{{Name: "vulnerability scanner", Source: []detect.Network{detect.Network(scanner)}}}
	set := cfg.Rules["long_connection"]
	set.Enabled = true
	cfg.Rules["long_connection"] = set
	engine, err := detect.New(cfg, nil, network.BuiltIn())
	require.NoError(t, err)
	opened = map[string]int{}
	now := m.Start.Add(31 * 24 * time.Hour).Unix()
	emit := func(a *alert.Alert) {
		if a.Status == alert.Opened {
			opened[monthAlert(a.Rule, a.Source)]++
		}
	}
	for _, log := range m.Logs() {
		format, ok := flow.ParseHeader(log.Header())
		require.True(t, ok)
		var line []byte
		var f flow.Flow
		var event detect.Event
		for r := range log.Records() {
			records++
			line = log.AppendLine(line[:0], r)
			require.NoError(t, format.Flow(string(line), &f))
			if engine.Classify(&f, now, &event) == detect.Evaluate {
				engine.Observe(&event, emit)
			}
		}
	}
	return records, opened
}

// monthAttacks returns the alerts of the attacks.
func monthAttacks() (list []string) {
	for _, s := range flowgen.MonthScripts() {
		for _, a := range s.Alerts {
			list = append(list, monthAlert(a.Rule, a.Source))
		}
	}
	return list
}

// expectedInMonth returns the alerts of the attacks and of ordinary events.
func expectedInMonth() []string {
	list := monthAttacks()
	for _, a := range flowgen.MonthEvents() {
		list = append(list, monthAlert(a.Rule, a.Source))
	}
	return list
}

// seedRule reports whether an alert is of one of the fourteen rules of the first ruleset.
func seedRule(got string) bool {
	return slices.ContainsFunc(detect.Rules[:14], func(r *detect.Rule) bool { return strings.HasPrefix(got, r.ID+" ") })
}

// counted returns the number of alerts of each rule.
func counted(opened map[string]int) map[string]int {
	sum := map[string]int{}
	for what, n := range opened {
		rule, _, _ := strings.Cut(what, " ")
		sum[rule] += n
	}
	return sum
}
