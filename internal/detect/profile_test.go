// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// TestProfileAgreesWithTheModel passes random traffic to both and compares their threshold profiles.
func TestProfileAgreesWithTheModel(t *testing.T) {
	compared := map[string]int{}
	for seed := range uint64(400) {
		c := newCase(seed)
		c.cfg.Profile = true
		engine, m := newEngine(t, c.cfg, c.threats, c.countries), newModel(c.cfg, c.threats, c.countries, clock)
		flows := int64(0)
		for i := range c.flows {
			var event detect.Event
			if engine.Classify(&c.flows[i], clock, &event) == detect.Evaluate {
				if engine.Observe(&event, func(*alert.Alert) {}) == detect.Evaluate {
					flows++
				}
			}
			m.observe(&c.flows[i])
		}
		profile := engine.Profile()
		require.Equal(t, flows, profile.Flows, "seed %d", seed)
		for _, got := range profile.Rules {
			i := slices.IndexFunc(m.rules, func(r *modelRule) bool { return r.id == got.ID })
			if len(m.rules[i].maxima) > got.Settings.MaxKeys {
				continue
			}
			compareProfile(t, &got, m.rules[i], fmt.Sprintf("seed %d, %s", seed, got.ID))
			compared[got.ID] += len(m.rules[i].maxima)
		}
	}
	for _, rule := range detect.Rules {
		require.NotZero(t, compared[rule.ID], "no random traffic gave %s a key", rule.ID)
	}
}

func compareProfile(t *testing.T, got *detect.RuleProfile, rule *modelRule, where string) {
	t.Helper()
	maxima := rule.maxima
	var all []int64
	for _, maximum := range maxima {
		all = append(all, maximum)
	}
	slices.Sort(all)
	require.EqualValues(t, len(all), got.Keys, where)
	require.Zero(t, got.Approximate, where)
	percentile := func(p int) int64 {
		if len(all) == 0 {
			return 0
		}
		return all[(len(all)*p+99)/100-1]
	}
	require.Equal(t, [4]int64{percentile(50), percentile(90), percentile(99), percentile(100)},
		[4]int64{got.P50, got.P90, got.P99, got.Max}, where)
	for _, step := range got.Thresholds {
		would := int64(0)
		for _, maximum := range all {
			if maximum > step.Threshold || maximum == step.Threshold && !rule.over {
				would++
			}
		}
		require.Equal(t, would, step.Keys, "%s, threshold %d", where, step.Threshold)
	}
	require.Len(t, got.Top, min(len(all), 10), where)
	for i, top := range got.Top {
		require.Equal(t, all[len(all)-1-i], top.Measure, where)
		key := modelKey{
			scope: top.Scope, country: top.Country, protocol: top.Protocol, network: top.Interface, vpc: top.VPC,
			source: addressText(top.Source), destination: addressText(top.Destination),
		}
		found := false
		for _, key.port = range []string{"", fmt.Sprint(top.Port)} { // empty if the key has no port
			for _, key.sourcePort = range []string{"", fmt.Sprint(top.SourcePort)} {
				maximum, ok := maxima[key]
				found = found || ok && maximum == top.Measure
			}
		}
		require.True(t, found, "%s: %+v is not in %+v", where, top, maxima)
	}
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func TestProfileIsEmptyByDefault(t *testing.T) {
	engine, err := detect.New(detect.DefaultConfig(), nil, nil)
	require.NoError(t, err)
	require.Empty(t, engine.Profile())
}
