// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package findings

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

var latest = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestFindingsAboutTheData(t *testing.T) {
	with := func(change func(*overview.Health)) overview.Health {
		h := overview.Health{Latest: latest, Received: latest.Add(5 * time.Minute), Flows: 1}
		change(&h)
		return h
	}
	for name, c := range map[string]struct {
		health       overview.Health
		title, value string
		level        Level
	}{
		"nothing received":  {overview.Health{}, "Latest flow", "none yet", Note},
		"in time":           {with(func(h *overview.Health) { h.Received = latest.Add(maxLag) }), "Lag", "30 min from event to dashboard", Good},
		"late":              {with(func(h *overview.Health) { h.Received = latest.Add(maxLag + time.Second) }), "Lag", "30 min 1 s from event to dashboard", Problem},
		"a day late":        {with(func(h *overview.Health) { h.Received = latest.Add(day) }), "Lag", "1 d from event to dashboard", Problem},
		"old logs":          {with(func(h *overview.Health) { h.Received = latest.Add(day + time.Second) }), "Lag", "1 d from event to dashboard", Note},
		"no flows lost":     {with(func(*overview.Health) {}), "Lost by AWS", "0 SKIPDATA records", Good},
		"flows lost":        {with(func(h *overview.Health) { h.SkipData, h.NoData = 1, 1234 }), "Lost by AWS", "1 SKIPDATA record, 1,234 NODATA records of idle interfaces", Note},
		"no flags":          {with(func(*overview.Health) {}), "TCP flags", "in no flow", Note},
		"flags":             {with(func(h *overview.Health) { h.WithFlags = 12_000 }), "TCP flags", "in 12 k flows", Good},
		"no direction":      {with(func(*overview.Health) {}), "Direction", "in no flow", Note},
		"direction":         {with(func(h *overview.Health) { h.WithDirection = 9_999 }), "Direction", "in 9,999 flows", Good},
		"older than stored": {with(func(h *overview.Health) { h.TooOld = 5 }), "Too old", "5 flows", Note},
		"from the future":   {with(func(h *overview.Health) { h.InFuture = 1 }), "From the future", "1 flow", Problem},
		"not decoded":       {with(func(h *overview.Health) { h.Undecodable = map[string]uint64{"bad_line": 2, "no": 0} }), "Not decoded", "2 bad line", Problem},
		"evicted":           {with(func(h *overview.Health) { h.Evicted = map[string]uint64{"b": 2, "a": 1} }), "Evicted", "1 a, 2 b", Note},
	} {
		t.Run(name, func(t *testing.T) {
			var found []Finding
			for _, f := range List(&c.health, nil) {
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

func titles(health overview.Health) (list []string) {
	for _, f := range List(&health, nil) {
		list = append(list, f.Title)
	}
	return list
}

func TestWithoutFlowsThereAreNoFindingsAboutFlows(t *testing.T) {
	assert.Equal(t, []string{"Lag", "Flows"}, titles(overview.Health{Latest: latest, Received: latest}))
	assert.NotContains(t, titles(overview.Health{}), "Flows", "the page itself says what to do")
}

func TestGoodDataHasNoFurtherFindings(t *testing.T) {
	assert.Equal(t, []string{"Lag", "Lost by AWS", "TCP flags", "Direction"}, titles(overview.Health{Latest: latest, Received: latest, Flows: 1}))
}
