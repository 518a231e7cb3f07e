// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// everywhere is a table that has all addresses in one country.
type everywhere string

func (e everywhere) Country(netip.Addr) string { return string(e) }

func TestCountryIsLearnedWithoutAnAlertWhereAFormerTableHadAnother(t *testing.T) {
	https := flow.Flow{
		Time: t0, Src: netip.MustParseAddr("10.0.0.5"), Dst: netip.MustParseAddr("203.0.113.7"), SrcPort: 50000, DstPort: 443,
		Protocol: tcp, Action: flow.Accept,
	}
	for _, tt := range []struct {
		name   string
		former []network.Countries
		alerts bool
	}{
		{"no former table", nil, true},
		{"the same country", []network.Countries{everywhere("SE")}, true},
		{"no country", []network.Countries{everywhere("")}, true},
		{"another country", []network.Countries{everywhere("NO")}, false},
		{"another country in one of two tables", []network.Countries{everywhere("SE"), everywhere("NO")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newRecordingEngine(t, func(c *Config) {
				set := c.Rules["unusual_country"]
				set.LearningPeriod = 0
				c.Rules["unusual_country"] = set
			})
			w.SetCountries(everywhere("SE"), tt.former...)
			w.feed(https)
			assert.Equal(t, tt.alerts, w.statuses("unusual_country") != nil)
			w.SetCountries(everywhere("SE"))
			w.feed(https)
			assert.Empty(t, w.statuses("unusual_country"), "it is known either way")
			w.SetCountries(everywhere("NO"))
			w.feed(https)
			assert.Equal(t, []alert.Status{alert.Opened}, w.statuses("unusual_country"))
		})
	}
}

func TestOtherThreatListsCountFromTheNextFlowOn(t *testing.T) {
	w := newRecordingEngine(t, nil)
	listed := func(list string) *threatlist.Table {
		return threatlist.NewTable([]threatlist.List{{Name: list, Prefixes: []netip.Prefix{netip.MustParsePrefix("8.8.8.8/32")}}})
	}
	for _, step := range []struct {
		threats *threatlist.Table
		want    map[string]int64
	}{
		{nil, nil},
		{listed("a"), map[string]int64{"a": 1}},
		{listed("b"), map[string]int64{"a": 1, "b": 1}},
		{listed("a"), map[string]int64{"a": 2, "b": 1}},
		{nil, map[string]int64{"a": 2, "b": 1}},
	} {
		w.SetThreats(step.threats)
		w.feed(dnsOverTCP(t0))
		assert.Equal(t, step.want, w.Stats().Matches)
	}
}
