// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCandidates(t *testing.T) {
	a, b, c := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3")
	none := netip.Addr{}
	for _, test := range []struct {
		name    string
		records [][2]netip.Addr
		want    netip.Addr
		weak    bool
	}{
		{"one record between two internal hosts is not enough", [][2]netip.Addr{{a, b}}, none, false},
		{"its reply adds nothing", [][2]netip.Addr{{a, b}, {b, a}}, none, false},
		{"a record with an external host is enough", [][2]netip.Addr{{none, b}}, b, false},
		{"the other side may be external, too", [][2]netip.Addr{{a, none}}, a, false},
		{"two peers leave one address", [][2]netip.Addr{{a, b}, {c, b}}, b, false},
		{"the order of the sides does not matter", [][2]netip.Addr{{a, b}, {b, c}}, b, false},
		{"a contradiction starts again", [][2]netip.Addr{{a, none}, {b, c}}, none, false},
		{"after a contradiction the result is weak", [][2]netip.Addr{{a, none}, {b, c}, {b, a}}, b, true},
		{"external traffic adds nothing", [][2]netip.Addr{{none, none}}, none, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var state Candidates
			var got netip.Addr
			var weak bool
			for _, r := range test.records {
				got, weak, _ = state.Narrow(r[0], r[1])
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.weak, weak)
		})
	}
}
