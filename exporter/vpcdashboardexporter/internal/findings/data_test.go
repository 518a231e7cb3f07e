// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

func TestWhatTheDataSaysOfItsHealth(t *testing.T) {
	with := func(change func(*overview.Health)) overview.Health {
		h := overview.Health{Latest: latest, Received: latest.Add(5 * time.Minute), Flows: 1}
		change(&h)
		return h
	}
	for name, c := range map[string]struct {
		health              overview.Health
		title, value, level string
	}{
		"nothing came":    {overview.Health{}, "Latest flow", "none yet", note},
		"in time":         {with(func(h *overview.Health) { h.Received = latest.Add(staleAfter) }), "Lag", "30 min from event to dashboard", good},
		"late":            {with(func(h *overview.Health) { h.Received = latest.Add(staleAfter + time.Second) }), "Lag", "30 min 1 s from event to dashboard", bad},
		"a day late":      {with(func(h *overview.Health) { h.Received = latest.Add(day) }), "Lag", "1 d from event to dashboard", bad},
		"old logs":        {with(func(h *overview.Health) { h.Received = latest.Add(day + time.Second) }), "Lag", "1 d from event to dashboard", note},
		"nothing lost":    {with(func(*overview.Health) {}), "Lost by AWS", "0 SKIPDATA records", good},
		"something lost":  {with(func(h *overview.Health) { h.SkipData, h.NoData = 1, 1234 }), "Lost by AWS", "1 SKIPDATA records, 1,234 NODATA records of idle interfaces", note},
		"no flags":        {with(func(*overview.Health) {}), "TCP flags", "no flow has them", note},
		"flags":           {with(func(h *overview.Health) { h.WithFlags = 12_000 }), "TCP flags", "12 k flows have them", good},
		"no direction":    {with(func(*overview.Health) {}), "Direction", "no flow has one", note},
		"direction":       {with(func(h *overview.Health) { h.WithDirection = 5 }), "Direction", "5 flows have one", good},
		"older than all":  {with(func(h *overview.Health) { h.TooLate = 5 }), "Too late", "5 flows", note},
		"from the future": {with(func(h *overview.Health) { h.TooNew = 1 }), "From the future", "1 flows", bad},
		"not understood":  {with(func(h *overview.Health) { h.Undecodable = map[string]uint64{"bad_line": 2, "no": 0} }), "Not understood", "2 bad line", bad},
		"forgotten":       {with(func(h *overview.Health) { h.Forgotten = map[string]uint64{"b": 2, "a": 1} }), "Forgotten", "1 a, 2 b", note},
	} {
		t.Run(name, func(t *testing.T) {
			h := &handler{}
			var found []finding
			for _, f := range h.findings(t.Context(), &c.health) {
				assert.NotEmpty(t, f.Hint)
				if f.Title == c.title {
					found = append(found, f)
				}
			}
			if assert.Len(t, found, 1) {
				assert.Equal(t, c.value, found[0].Value)
				assert.Equal(t, c.level, found[0].Level)
			}
		})
	}
}

func TestWhereOnlyAlertsComeNothingIsSaidOfFlows(t *testing.T) {
	h := &handler{}
	titles := func(health overview.Health) (list []string) {
		for _, f := range h.findings(t.Context(), &health) {
			list = append(list, f.Title)
		}
		return list
	}
	ofFlows := []string{"Lag", "Lost by AWS", "TCP flags", "Direction"}
	assert.Equal(t, []string{"Lag", "Flows"}, titles(overview.Health{Latest: latest, Received: latest}))
	assert.Equal(t, ofFlows, titles(overview.Health{Latest: latest, Received: latest, Flows: 1}))
	assert.NotContains(t, titles(overview.Health{}), "Flows", "nothing came, of which the page itself says what to do")
}

func TestWhatIsWellIsNotListed(t *testing.T) {
	h := &handler{}
	for _, f := range h.findings(t.Context(), &overview.Health{Latest: latest, Received: latest}) {
		assert.NotContains(t, []string{"Too late", "From the future", "Not understood", "Forgotten"}, f.Title)
	}
}
