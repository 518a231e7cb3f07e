// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestCompare(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.0.0.6")
	alertOf := func(source netip.Addr, status alert.Status, t, measure int64) *alert.Alert {
		return &alert.Alert{
			Rule: "rejected_internal_scan", Account: "1", Source: source, Destination: b, DestinationPort: 22,
			DestinationCountry: "SE", Status: status, Time: t, Measure: measure,
		}
	}
	opened := alertOf(a, alert.Opened, 7, 25)
	whole := Expectation{Rule: "rejected_internal_scan", Source: a, Destination: b, Port: 22, Country: "SE", Account: "1", Count: 1}
	about := "rejected_internal_scan from 10.0.0.5 to 10.0.0.6 port 22 in SE of account 1"

	for name, test := range map[string]struct {
		expect []Expectation
		alerts []*alert.Alert
		want   []string
	}{
		"nothing expected, no alerts": {},
		"all parts match":             {expect: []Expectation{whole}, alerts: []*alert.Alert{opened}},
		"parts that are left out may be anything": {
			expect: []Expectation{{Rule: "rejected_internal_scan", Count: 1}}, alerts: []*alert.Alert{opened},
		},
		"another rule": {
			expect: []Expectation{{Rule: "dns_not_over_udp", Count: 1}}, alerts: []*alert.Alert{opened},
			want: []string{"not expected: " + about + " opened, t 7, measure 25", "dns_not_over_udp: opened: want 1, got 0"},
		},
		"another source": {
			expect: []Expectation{{Rule: "rejected_internal_scan", Source: b, Count: 1}}, alerts: []*alert.Alert{opened},
			want: []string{
				"not expected: " + about + " opened, t 7, measure 25",
				"rejected_internal_scan from 10.0.0.6: opened: want 1, got 0",
			},
		},
		"each source has its own count": {
			expect: []Expectation{whole, {Rule: "rejected_internal_scan", Source: b, Count: 1}},
			alerts: []*alert.Alert{opened, alertOf(b, alert.Opened, 8, 25)},
		},
		"opened twice": {
			expect: []Expectation{whole}, alerts: []*alert.Alert{opened, opened}, want: []string{about + ": opened: want 1, got 2"},
		},
		"an update that is not expected": {
			expect: []Expectation{whole}, alerts: []*alert.Alert{opened, alertOf(a, alert.Updated, 8, 250)},
			want: []string{about + ": updated: want 0, got 1"},
		},
		"a missing resolved alert": {
			expect: []Expectation{{Rule: "rejected_internal_scan", Count: 1, Resolved: 1}}, alerts: []*alert.Alert{opened},
			want: []string{"rejected_internal_scan: resolved: want 1, got 0"},
		},
		"times and measures are those of the opened alerts": {
			expect: []Expectation{{
				Rule: "rejected_internal_scan", Count: 2, Updated: 1, Time: []int64{7, 9}, Measure: []int64{25, 26},
			}},
			alerts: []*alert.Alert{opened, alertOf(a, alert.Updated, 8, 250), alertOf(a, alert.Opened, 9, 26)},
		},
		"another time and another measure": {
			expect: []Expectation{{Rule: "rejected_internal_scan", Count: 1, Time: []int64{8}, Measure: []int64{26}}},
			alerts: []*alert.Alert{opened},
			want:   []string{"rejected_internal_scan: t: want [8], got [7]", "rejected_internal_scan: measure: want [26], got [25]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Compare(test.expect, test.alerts))
		})
	}
}
