// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

func (t *totals) encode(e *encode.Encoder) {
	e.Uint(uint64(t.flows))
	e.Uint(t.packets)
	e.Uint(t.bytes)
}

func decodeTotals(d *encode.Decoder) totals {
	return totals{int64(d.UpTo(math.MaxInt64)), d.UpTo(math.MaxInt64), d.UpTo(math.MaxInt64)}
}

func (s valueSet) encode(e *encode.Encoder) {
	e.Uint(uint64(len(s)))
	before := uint64(0)
	for _, hash := range s {
		e.Uint(hash - before)
		before = hash
	}
}

func decodeValueSet(d *encode.Decoder) (s valueSet) {
	n := d.Count()
	if n > alert.MaxValues {
		d.Fail()
		return nil
	}
	hash := uint64(0)
	for i := range n {
		before := hash
		hash += d.Uint()
		if hash <= before && i > 0 {
			d.Fail()
			return nil
		}
		s = append(s, hash)
	}
	return s
}

// encode appends the growth of an episode, which may be nil.
func (g *growth) encode(e *encode.Encoder) {
	e.Bool(g != nil)
	if g == nil {
		return
	}
	g.values.encode(e)
	g.hosts.encode(e)
	e.Uint(uint64(g.most))
	g.pending.encode(e)
	g.pendingValues.encode(e)
	g.pendingHosts.encode(e)
	encodeTargets(e, g.pendingAccepted)
	encodeTargets(e, g.accepted)
}

func encodeTargets(e *encode.Encoder, list []netip.AddrPort) {
	e.Uint(uint64(len(list)))
	for _, target := range list {
		e.Addr(target.Addr())
		e.Uint(uint64(target.Port()))
	}
}

func decodeTargets(d *encode.Decoder) (list []netip.AddrPort) {
	n := d.Count()
	if n > maxTargets {
		d.Fail()
		return nil
	}
	for range n {
		list = append(list, netip.AddrPortFrom(d.Addr(), d.Port()))
	}
	return list
}

func decodeGrowth(d *encode.Decoder) *growth {
	if !d.Bool() {
		return nil
	}
	g := &growth{values: decodeValueSet(d), hosts: decodeValueSet(d), most: int64(d.UpTo(math.MaxInt64))}
	g.pending, g.pendingValues, g.pendingHosts = decodeTotals(d), decodeValueSet(d), decodeValueSet(d)
	g.pendingAccepted, g.accepted = decodeTargets(d), decodeTargets(d)
	return g
}
