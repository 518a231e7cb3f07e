// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func between(src, dst string, action flow.Action, bytes uint64) flow.Flow {
	f := at(start, action, bytes)
	f.Src, f.Dst = netip.MustParseAddr(src), netip.MustParseAddr(dst)
	return f
}

func TestTheMatrixHasInternalSubnetsOnly(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{
		between("10.0.2.9", "10.0.1.1", flow.Accept, 10),
		between("10.0.2.1", "10.0.1.2", flow.Reject, 20),
		between("10.0.1.1", "10.0.2.9", flow.Accept, 5),
		between("10.0.1.1", "10.0.1.2", flow.Accept, 1),
		between("fd00:0:0:1::5", "fd00:0:0:2::5", flow.Accept, 3),
		between("10.0.3.1", "8.8.8.8", flow.Accept, 1000),
		between("8.8.8.8", "10.0.4.1", flow.Reject, 1000),
	})
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, text := range texts {
			list = append(list, netip.MustParsePrefix(text))
		}
		return list
	}
	v4 := [][]traffic.Totals{
		{totals(1, 1, 1, 1, 0), totals(1, 1, 5, 1, 0)},
		{totals(2, 2, 30, 1, 1), {}},
	}
	m := s.View(Query{Top: 2}).Matrix
	assert.Equal(t, Matrix{prefixes("10.0.1.0/24", "10.0.2.0/24"), v4, true}, m)

	m = s.View(Query{Top: 10}).Matrix
	assert.Equal(t, prefixes("10.0.1.0/24", "10.0.2.0/24", "fd00:0:0:1::/64", "fd00:0:0:2::/64"), m.Subnets)
	assert.False(t, m.Truncated)
	assert.Equal(t, totals(1, 1, 3, 1, 0), m.Cells[2][3])
	assert.Zero(t, m.Cells[3][2])

	m = s.View(Query{Top: 10, Measure: traffic.ByRejects}).Matrix
	assert.Equal(t, Matrix{prefixes("10.0.1.0/24", "10.0.2.0/24"), v4, false}, m, "the other subnets have no rejects")
}

func TestTheMatrixIsBoundedToTheHeaviestSubnets(t *testing.T) {
	s := newStore(t, clock)
	for n := range 100 {
		for range n + 1 {
			s.AddFlows([]flow.Flow{between("10.1.0.1", fmt.Sprintf("10.0.%d.1", n), flow.Accept, 1)})
		}
	}
	m := s.View(Query{Top: 100}).Matrix
	require.Len(t, m.Subnets, maxSubnets)
	assert.True(t, m.Truncated)
	assert.Contains(t, m.Subnets, netip.MustParsePrefix("10.0.99.0/24"))
	assert.Contains(t, m.Subnets, netip.MustParsePrefix("10.1.0.0/24"), "it sends to all others")
	assert.NotContains(t, m.Subnets, netip.MustParsePrefix("10.0.5.0/24"))
}
