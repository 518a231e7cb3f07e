// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

var allParts = parts("source", "destination", "port", "source_port", "protocol", "country", "interface", "vpc")

// withCustom returns the default configuration with custom rules and no other ones.
func withCustom(rules ...detect.CustomRule) detect.Config {
	cfg := detect.DefaultConfig()
	for id, set := range cfg.Rules {
		set.Enabled = false
		cfg.Rules[id] = set
	}
	cfg.CustomRules = rules
	return cfg
}

// firstOutbound is a flow to Brazil. The variations differ from it in one part.
var firstOutbound = flow.Flow{
	Time: clock - 3600, Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("203.0.113.7"), SrcPort: 50000, DstPort: 443, Protocol: 6,
	Action: flow.Accept, Flags: 2, Account: "123456789012", Interface: "eni-1", VPC: "vpc-1", Packets: 1, Bytes: 100,
}

var variations = map[detect.Part]func(*flow.Flow){
	"source":      func(f *flow.Flow) { f.Src = netip.MustParseAddr("10.0.0.2") },
	"destination": func(f *flow.Flow) { f.Dst = netip.MustParseAddr("203.0.113.8") },
	"port":        func(f *flow.Flow) { f.DstPort = 444 },
	"source_port": func(f *flow.Flow) { f.SrcPort = 50001 },
	"protocol":    func(f *flow.Flow) { f.Protocol = 17 },
	"country":     func(f *flow.Flow) { f.Dst = netip.MustParseAddr("203.0.113.100") },
	"interface":   func(f *flow.Flow) { f.Interface = "eni-2" },
	"vpc":         func(f *flow.Flow) { f.VPC = "vpc-2" },
}

var twoCountries = scenario.CountryTable{
	netip.MustParsePrefix("203.0.113.0/26"): "BR", netip.MustParsePrefix("203.0.113.64/26"): "SE",
}

// differs reports whether a variation of one part also changes another.
func differs(changed, p detect.Part) bool {
	return changed == p || changed == "country" && p == "destination"
}

func varied(p detect.Part) flow.Flow {
	f := firstOutbound
	f.Time++
	variations[p](&f)
	return f
}

func flatten(emitted [][]*alert.Alert) []*alert.Alert { return slices.Concat(emitted...) }

func TestCustomRulesMeasureEachValueOfTheirKeySeparately(t *testing.T) {
	text := map[detect.Part]string{
		"source": "10.0.0.1", "destination": "203.0.113.7", "port": "443", "source_port": "50000", "protocol": "tcp", "country": "BR",
		"interface": "eni-1", "vpc": "vpc-1",
	}
	for _, p := range allParts {
		for _, key := range [][]detect.Part{{p}, {"vpc", p}, {p, "source"}, {"destination", "interface", p}} {
			if slices.Contains(key[1:], key[0]) || len(key) == 3 && key[1] == p {
				continue
			}
			rule := detect.DefaultCustomRule(detect.Each)
			rule.ID, rule.Key = "keyed", key
			var hashed []string
			for _, part := range key {
				hashed = append(hashed, text[part])
			}
			for changed := range variations {
				emitted := runEngine(t, withCustom(rule), nil, twoCountries, []flow.Flow{firstOutbound, varied(changed)})
				separate := slices.ContainsFunc(key, func(of detect.Part) bool { return differs(changed, of) })
				require.Equal(t, separate, len(flatten(emitted)) == 2, "key %v, different %s", key, changed)
				require.Equal(t, alert.UID("keyed", "123456789012", hashed, firstOutbound.Time), emitted[0][0].UID)
			}
		}
	}
}

func TestCustomRulesCountDifferentValues(t *testing.T) {
	for _, p := range allParts {
		for _, count := range [][]detect.Part{{p}, {p, "port"}, {p, "source"}, {p, "source_port", "protocol"}, {p, "destination", "interface"}} {
			if slices.Contains(count[1:], p) {
				continue
			}
			rule := detect.DefaultCustomRule(detect.Distinct)
			rule.ID, rule.Key, rule.Count, rule.Threshold = "counted", parts("vpc"), count, 2
			for changed := range variations {
				if changed == "vpc" {
					continue // the key
				}
				emitted := flatten(runEngine(t, withCustom(rule), nil, twoCountries, []flow.Flow{firstOutbound, varied(changed), varied(changed)}))
				counts := slices.ContainsFunc(count, func(of detect.Part) bool { return differs(changed, of) })
				require.Equal(t, counts, len(emitted) == 1, "count %v, different %s", count, changed)
			}
		}
	}
}

func TestFlowsWithoutAPartOfTheKeyDoNotCount(t *testing.T) {
	for p, without := range map[detect.Part]func(*flow.Flow){
		"country":   func(f *flow.Flow) { f.Dst = netip.MustParseAddr("198.51.100.1") },
		"interface": func(f *flow.Flow) { f.Interface = "" },
		"vpc":       func(f *flow.Flow) { f.VPC = "" },
	} {
		f := firstOutbound
		without(&f)
		keyed := detect.DefaultCustomRule(detect.Each)
		keyed.ID, keyed.Key = "keyed", []detect.Part{p}
		counted := detect.DefaultCustomRule(detect.Distinct)
		counted.ID, counted.Key, counted.Count, counted.Threshold = "counted", parts("source"), []detect.Part{p}, 1
		assert.Len(t, flatten(runEngine(t, withCustom(keyed, counted), nil, twoCountries, []flow.Flow{firstOutbound})), 2)
		assert.Empty(t, flatten(runEngine(t, withCustom(keyed, counted), nil, twoCountries, []flow.Flow{f})), p)
	}
}

func TestAlertsOfCustomRulesHaveThePartsOfTheKey(t *testing.T) {
	rule := func(kind detect.Kind, key, count []detect.Part) detect.CustomRule {
		c := detect.DefaultCustomRule(kind)
		c.ID, c.Key, c.Count, c.Threshold, c.Sum, c.LearningPeriod = "shown", key, count, 1, "", 0
		if kind == detect.Sum {
			c.Sum = "packets"
		}
		return c
	}
	for _, test := range []struct {
		rule detect.CustomRule
		want string
	}{
		{rule(detect.Distinct, parts("source", "port"), parts("destination")), "10.0.0.1 > [203.0.113.7]:443 eni-1 vpc-1 Traffic from 10.0.0.1 on port 443 (HTTPS) had 1 destination in 1 s"},
		{rule(detect.Distinct, parts("destination"), parts("source")), "[10.0.0.1] > 203.0.113.7:[443]   Traffic to 203.0.113.7 had 1 source in 1 s"},
		{rule(detect.Distinct, parts("interface", "vpc"), parts("country")), "[] > []:[443] eni-1 vpc-1 Traffic at eni-1 in vpc-1 had 1 country in 1 s"},
		{rule(detect.Sum, parts("vpc", "protocol"), nil), "[] > [203.0.113.7]:[443]  vpc-1 tcp Traffic in vpc-1 over tcp had 1 packet in 1 s"},
		{rule(detect.Each, parts("country"), nil), "10.0.0.1 > 203.0.113.7:443 eni-1 vpc-1 tcp Traffic from 10.0.0.1 to 203.0.113.7 on tcp port 443 (HTTPS)"},
		{rule(detect.FirstSeen, parts("source", "source_port"), nil), "10.0.0.1 > 203.0.113.7:443 eni-1 vpc-1 tcp First traffic from 10.0.0.1 from source port 50000 in 30 d: 10.0.0.1 to 203.0.113.7 on tcp port 443 (HTTPS)"},
	} {
		alerts := flatten(runEngine(t, withCustom(test.rule), nil, twoCountries, []flow.Flow{firstOutbound}))
		require.Len(t, alerts, 1, test.want)
		a := alerts[0]
		source, destination, port := fmt.Sprint(a.Sources), fmt.Sprint(a.Destinations), fmt.Sprint(a.DestinationPorts)
		if a.Source.IsValid() {
			source = a.Source.String()
		}
		if a.Destination.IsValid() {
			destination = a.Destination.String()
		}
		if a.DestinationPort != 0 {
			port = fmt.Sprint(a.DestinationPort)
		}
		got := fmt.Sprintf("%s > %s:%s %s %s %s %s", source, destination, port, a.Interface, a.VPC, a.Transport, a.Body)
		assert.Equal(t, strings.Join(strings.Fields(test.want), " "), strings.Join(strings.Fields(got), " "))
	}
}

// customRules returns random rules, of which many fire.
func (c *randomCase) customRules() (rules []detect.CustomRule) {
	some := func() []detect.Part {
		list := slices.Clone(allParts)
		c.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list[:1+c.IntN(3)]
	}
	match := func() *detect.Match {
		m := &detect.Match{Role: texts(pick(c, "any", "any", "request")), Action: texts(pick(c, "any", "accept", "reject"))}
		switch c.IntN(8) {
		case 0:
			m.Class = texts(inside, inbound)
		case 1:
			m.DestinationList = texts("any")
		case 2:
			m.Not = &detect.Match{Port: []detect.PortRange{{First: 20, Last: 30}}}
		case 3:
			m.Not = &detect.Match{Class: texts(outbound), Protocol: tcpOrUDP}
		case 4:
			m.Country = texts("BR", "SE")
		case 5, 6:
			m.Role, m.Outcome = nil, texts(pick(c, "failed", "failed", "answered"))
		}
		return m
	}
	for i, kind := range []detect.Kind{detect.Each, detect.Distinct, detect.Sum, detect.FirstSeen, detect.Sequence, detect.Distinct} {
		rule := detect.DefaultCustomRule(kind)
		rule.ID, rule.Key, rule.MaxKeys = fmt.Sprintf("random_%d", i), some(), 1_000_000
		switch kind {
		case detect.Distinct:
			rule.Count, rule.Threshold, rule.Window = some(), 1+c.Int64N(4), c.seconds(10, 60, 650)
		case detect.Sum:
			rule.Sum, rule.Over, rule.Threshold, rule.Window = pick(c, "packets", "bytes"), c.oneIn(2), 1+c.Int64N(80), c.seconds(10, 120)
		case detect.Sequence:
			rule.First, rule.Then, rule.Count, rule.Failures, rule.Window = match(), match(), some(), 1+c.Int64N(3), c.seconds(60, 650)
		case detect.FirstSeen:
			rule.Retention, rule.LearningPeriod = c.seconds(20, 3000), c.seconds(0, 10)
		}
		if kind != detect.Sequence {
			rule.Match = match()
		}
		if kind != detect.FirstSeen {
			rule.QuietPeriod = c.seconds(1, 60, 3600)
		}
		rules = append(rules, rule)
	}
	return rules
}

// The state of custom rules survives restarts, also with another number of shards.
func TestCustomRulesGiveTheSameAlertsAfterRestartsAndInShards(t *testing.T) {
	detect.RunShardsConcurrently(t)
	seen := map[string]bool{}
	for seed := range uint64(200) {
		c := newCase(seed)
		c.cfg.CustomRules = c.customRules()
		c.neverEvict()
		want := c.oneAtATime(t)
		store, random := newMemory(), rand.New(rand.NewPCG(seed, 1))
		engine := c.restored(t, store)
		var got []*alert.Alert
		for i, f := range c.flows {
			var ev detect.Event
			if engine.Classify(&f, clock, &ev) == detect.Evaluate {
				engine.Observe(&ev, func(a *alert.Alert) { got = append(got, a) })
			}
			if i%40 == 39 {
				require.NoError(t, engine.Save(store.write))
				c.cfg.Shards = 1 + random.IntN(4)
				engine = c.restored(t, store)
			}
		}
		require.Equal(t, want, got, "seed %d", seed)
		for _, a := range got {
			seen[a.Rule+" "+string(a.Status)] = true
		}
	}
	for _, rule := range newCase(0).customRules() {
		assert.True(t, seen[rule.ID+" opened"], rule.ID)
		assert.True(t, rule.Kind == detect.FirstSeen || seen[rule.ID+" updated"] && seen[rule.ID+" resolved"], rule.ID)
	}
}

// A rule with another key cannot use the state of the former one.
func TestCustomRuleWithAnotherKeyStartsWithEmptyState(t *testing.T) {
	for _, change := range []func(*detect.CustomRule){
		func(r *detect.CustomRule) { r.Key = parts("source", "port") },
		func(r *detect.CustomRule) { r.Count = parts("source_port") },
		func(r *detect.CustomRule) {
			count, threshold, window := r.Count, r.Threshold, r.Window
			*r = detect.DefaultCustomRule(detect.Sequence)
			r.ID, r.Key, r.Count, r.Failures, r.Window = "changed", parts("source"), count, threshold, window
			r.First, r.Then = new(detect.Match), new(detect.Match)
		},
	} {
		rule := detect.DefaultCustomRule(detect.Distinct)
		rule.ID, rule.Key, rule.Count, rule.Threshold = "changed", parts("source"), parts("destination"), 2
		store := newMemory()
		observe := func(rule detect.CustomRule, shards int, f flow.Flow) (alerts []*alert.Alert, tracked int) {
			cfg := withCustom(rule)
			cfg.Shards = shards
			engine := newEngine(t, cfg, nil, twoCountries)
			require.NoError(t, engine.Load(store.get))
			var ev detect.Event
			require.Equal(t, detect.Evaluate, engine.Classify(&f, clock, &ev))
			engine.Observe(&ev, func(a *alert.Alert) { alerts = append(alerts, a) })
			require.NoError(t, engine.Save(store.write))
			return alerts, engine.Stats().Rules[0].Tracked
		}
		observe(rule, 4, firstOutbound)
		changed := rule
		change(&changed)
		alerts, tracked := observe(changed, 2, varied("destination"))
		require.Empty(t, alerts)
		require.Equal(t, 1, tracked)
		alerts, tracked = observe(rule, 1, varied("destination"))
		require.Empty(t, alerts, "the first state is gone")
		require.Equal(t, 1, tracked)
		alerts, _ = observe(rule, 3, firstOutbound)
		require.Len(t, alerts, 1)
		values := 0
		for key := range store.values {
			if strings.HasPrefix(key, "custom/") {
				values++
			}
		}
		require.LessOrEqual(t, values, 6, "former values are deleted: %d", values)
	}
}
