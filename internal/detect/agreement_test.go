// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// TestEngineAgreesWithModel runs both on random traffic with random configurations, and compares their alerts after each
// flow.
func TestEngineAgreesWithModel(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(1000) {
		c := newCase(seed)
		emitted := c.model()
		for _, alerts := range emitted {
			for _, a := range alerts {
				seen[c.kindOf(a.rule)+" "+string(a.status)]++
			}
		}
		if disagreement(c.cfg, c.engine(t), emitted) == "" {
			continue
		}
		c.shrink(t)
		require.Fail(t, "the engine does not agree with the model", "seed %d\n%s\n%s",
			seed, c, disagreement(c.cfg, c.engine(t), c.model()))
	}
	for _, kind := range detect.Kinds() {
		for _, outcome := range []string{"", " of attempts"} {
			require.NotZero(t, seen[string(kind)+outcome+" opened"], "no random traffic led to an alert of a custom rule of kind %s%s", kind, outcome)
		}
	}
	for _, rule := range detect.Rules {
		for _, status := range []alert.Status{alert.Opened, alert.Updated, alert.Resolved} {
			if status != alert.Opened && !slices.Contains(rule.Keys, "quiet_period") {
				continue // a rule without episodes
			}
			require.NotZero(t, seen[rule.ID+" "+string(status)], "no random traffic led to %s %s", rule.ID, status)
		}
	}
}

// kindOf returns the kind of a custom rule, and the id of a built-in one.
func (c *randomCase) kindOf(id string) string {
	i := slices.IndexFunc(c.cfg.CustomRules, func(r detect.CustomRule) bool { return r.ID == id })
	if i < 0 {
		return id
	}
	r := c.cfg.CustomRules[i]
	if match := cmp.Or(r.First, r.Match); match != nil && match.Outcome != nil {
		return string(r.Kind) + " of attempts"
	}
	return string(r.Kind)
}

func (c *randomCase) engine(t *testing.T) [][]*alert.Alert {
	return runEngine(t, c.cfg, c.threats, c.countries, c.flows)
}

func (c *randomCase) model() [][]modelAlert {
	return runModel(c.cfg, c.threats, c.countries, c.flows)
}

// shrink removes flows as long as the engine and the model still disagree.
func (c *randomCase) shrink(t *testing.T) {
	differs := func(flows []flow.Flow) bool {
		smaller := *c
		smaller.flows = flows
		return disagreement(c.cfg, smaller.engine(t), smaller.model()) != ""
	}
	n := 1
	for n < len(c.flows) && !differs(c.flows[:n]) {
		n++
	}
	c.flows = c.flows[:n]
	for step := len(c.flows) / 2; step > 0; step /= 2 {
		for from := 0; from+step < len(c.flows); {
			fewer := slices.Delete(slices.Clone(c.flows), from, from+step)
			if differs(fewer) {
				c.flows = fewer
			} else {
				from += step
			}
		}
	}
}

func newEngine(
	t *testing.T, cfg detect.Config, threats []netip.Prefix, countries network.Countries,
) *detect.Engine {
	require.NoError(t, cfg.Check())
	lists := threatlist.NewTable([]threatlist.List{{Name: "test", Prefixes: threats}}, "test")
	engine, err := detect.New(cfg, lists, countries)
	require.NoError(t, err)
	return engine
}

// runEngine returns the alerts of the engine at each flow.
func runEngine(
	t *testing.T, cfg detect.Config, threats []netip.Prefix, countries network.Countries, flows []flow.Flow,
) [][]*alert.Alert {
	return runEngineAt(t, clock, cfg, threats, countries, flows)
}

func runEngineAt(
	t *testing.T, now int64, cfg detect.Config, threats []netip.Prefix, countries network.Countries, flows []flow.Flow,
) [][]*alert.Alert {
	engine := newEngine(t, cfg, threats, countries)
	emitted := make([][]*alert.Alert, len(flows))
	for i := range flows {
		var event detect.Event
		if engine.Classify(&flows[i], now, &event) == detect.Evaluate {
			engine.Observe(&event, func(a *alert.Alert) { emitted[i] = append(emitted[i], a) })
		}
	}
	return emitted
}

// runModel returns the alerts of the model at each flow.
func runModel(
	cfg detect.Config, threats []netip.Prefix, countries network.Countries, flows []flow.Flow,
) [][]modelAlert {
	m := newModel(cfg, threats, countries, clock)
	emitted := make([][]modelAlert, len(flows))
	for i := range flows {
		emitted[i] = m.observe(&flows[i])
	}
	return emitted
}

// TestEngineCountsAsTheModelDoes compares the reasons for skipped flows, and the keys and watermarks at the end.
func TestEngineCountsAsTheModelDoes(t *testing.T) {
	skipped, forwarded := map[detect.Skip]int{}, 0
	for seed := range uint64(300) {
		c := newCase(seed)
		engine, m := newEngine(t, c.cfg, c.threats, c.countries), newModel(c.cfg, c.threats, c.countries, clock)
		for i := range c.flows {
			var event detect.Event
			skip := engine.Classify(&c.flows[i], clock, &event)
			if skip == detect.Evaluate {
				skip = engine.Observe(&event, func(*alert.Alert) {})
			}
			want := m.skip(&c.flows[i])
			if want == detect.Evaluate && m.forwarded(&c.flows[i]) {
				want = detect.Hop
				forwarded++
			}
			require.Equal(t, want.String(), skip.String(), "seed %d, flow %d", seed, i)
			skipped[skip]++
			m.observe(&c.flows[i])
		}
		stats := engine.Stats()
		watermarks := map[string]int64{}
		for _, s := range m.scopes {
			watermarks[s.name] = s.watermark
		}
		require.Equal(t, watermarks, stats.Watermarks, "seed %d", seed)
		for _, got := range stats.Rules {
			i := slices.IndexFunc(m.rules, func(r *modelRule) bool { return r.id == got.Rule })
			// The engine may drop a stale key, which it does not count as an eviction.
			require.LessOrEqual(t, got.Tracked, len(m.rules[i].keys), "seed %d, keys of %s", seed, got.Rule)
			evicted := m.rules[i].evicted
			if returned := m.rules[i].returned; returned != nil {
				evicted += returned.evicted
			}
			require.LessOrEqual(t, got.Evicted, evicted, "seed %d, evicted of %s", seed, got.Rule)
		}
	}
	require.NotZero(t, forwarded, "no random flow was skipped because a gateway forwarded it")
	for skip := detect.Evaluate; skip <= detect.SpecialAddress; skip++ {
		if skip != detect.NoTime { // the random traffic has times
			require.NotZero(t, skipped[skip], "no random flow was skipped because of %s", skip)
		}
	}
}

// disagreement describes the first flow at which the alerts differ. It is empty if there is none. Episodes that end at the
// same time may be resolved in any order.
func disagreement(cfg detect.Config, engine [][]*alert.Alert, model [][]modelAlert) string {
	for i := range model {
		got := make([]modelAlert, len(engine[i]))
		for j, a := range engine[i] {
			got[j] = asModel(a, model[i])
		}
		want := slices.Clone(model[i])
		sortResolved(cfg, got)
		sortResolved(cfg, want)
		if !slices.Equal(got, want) {
			return fmt.Sprintf("flow %d: alerts of the engine:\n%salerts of the model:\n%s", i, listed(got), listed(want))
		}
	}
	return ""
}

// asModel converts an alert to the model's form. An alert may have more fields than its key. The model's alert with the
// same uid shows which fields belong to the key.
func asModel(a *alert.Alert, model []modelAlert) modelAlert {
	got := modelAlert{
		rule: a.Rule, status: a.Status, key: modelKey{scope: a.Scope}, time: a.Time, measure: a.Measure,
		severity: a.Severity, uid: a.UID, totals: a.Episode,
	}
	i := slices.IndexFunc(model, func(m modelAlert) bool { return m.uid == a.UID })
	if i < 0 {
		return got
	}
	if want := model[i].key; want.source != "" {
		got.key.source = a.Source.String()
	}
	if want := model[i].key; want.destination != "" {
		got.key.destination = a.Destination.String()
	}
	if want := model[i].key; want.port != "" {
		got.key.port = fmt.Sprint(a.DestinationPort)
	}
	if want := model[i].key; want.sourcePort != "" {
		got.key.sourcePort = fmt.Sprint(a.SourcePort)
	}
	if want := model[i].key; want.country != "" {
		got.key.country = cmp.Or(a.DestinationCountry, a.SourceCountry)
	}
	got.key.sourcePort, got.key.protocol, got.key.network, got.key.vpc = model[i].key.sourcePort, model[i].key.protocol, model[i].key.network, model[i].key.vpc // the uid has them
	return got
}

// sortResolved sorts the resolved alerts of the same time, whose order does not matter. Other alerts keep their places.
func sortResolved(cfg detect.Config, alerts []modelAlert) {
	due := func(a modelAlert) int64 {
		for _, custom := range cfg.CustomRules {
			if custom.ID == a.rule {
				return a.time + seconds(custom.QuietPeriod)
			}
		}
		return a.time + seconds(cfg.Rules[a.rule].QuietPeriod)
	}
	for from := 0; from < len(alerts); {
		upTo := from + 1
		for upTo < len(alerts) && alerts[from].status == alert.Resolved && alerts[upTo].status == alert.Resolved &&
			due(alerts[from]) == due(alerts[upTo]) {
			upTo++
		}
		slices.SortFunc(alerts[from:upTo], func(a, b modelAlert) int { return cmp.Compare(a.uid, b.uid) })
		from = upTo
	}
}

func listed(alerts []modelAlert) string {
	var text strings.Builder
	for _, a := range alerts {
		fmt.Fprintln(&text, "   ", a)
	}
	return text.String()
}
