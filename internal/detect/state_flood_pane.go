// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
)

// floodPane is the only pane of a key with its head, in half the memory of both. The zero floodPane is empty. It has no pointer,
// so that the garbage collector skips it, and no 64-bit number, so that an entry with it takes one cache line.
//
// It holds only panes whose numbers fit, which is nearly all of them. All flows of the rule are accepted.
type floodPane struct {
	start, packets, bytes, flows uint32
	number                       [2]uint32 // of the first flow, upper half first
	first, latest                uint16    // times of flows, in seconds after start
	place                        uint16
	evidence                     uint8
}

func (p *floodPane) isEmpty() bool { return p.flows == 0 }

// add adds a flow to the pane that begins at start. It does nothing and returns false if a floodPane cannot hold the result: two
// panes, or a large number. keep is how many seconds older than the newest pane another one may be.
func (p *floodPane) add(ev *Event, start, keep int64, at *places) bool {
	switch own := int64(p.start); {
	case p.isEmpty(), own < start-keep:
		h := paneHead{number: ev.number, start: uint32(start), latest: uint32(ev.Time), evidence: evidenceNumber(ev.evidence)}
		h.place = at.add(ev.Account, ev.Region)
		return p.set(&pane.Pane{T: start, Weight: ev.Packets, Other: ev.Bytes, First: uint32(ev.Time - start), Flows: 1}, &h)
	case own == start:
		return p.extend(ev)
	default:
		return start < own-keep // too old to stay
	}
}

func (p *floodPane) extend(ev *Event) bool {
	after := ev.Time - int64(p.start)
	if ev.Packets > uint64(math.MaxUint32-p.packets) || ev.Bytes > uint64(math.MaxUint32-p.bytes) || after > math.MaxUint16 {
		return false
	}
	p.packets += uint32(ev.Packets)
	p.bytes += uint32(ev.Bytes)
	if p.flows < math.MaxUint32 {
		p.flows++
	}
	p.first, p.latest = min(p.first, uint16(after)), max(p.latest, uint16(after))
	return true
}

// set replaces the pane. It does nothing and returns false if a number does not fit.
func (p *floodPane) set(from *pane.Pane, h *paneHead) bool {
	latest := int64(h.latest) - from.T
	if from.T < 0 || from.T > math.MaxUint32 || from.Weight > math.MaxUint32 || from.Other > math.MaxUint32 ||
		from.First > math.MaxUint16 || latest < 0 || latest > math.MaxUint16 {
		return false
	}
	*p = floodPane{
		start: uint32(from.T), packets: uint32(from.Weight), bytes: uint32(from.Other), flows: from.Flows,
		number: [2]uint32{uint32(h.number >> 32), uint32(h.number)},
		first:  uint16(from.First), latest: uint16(latest), place: uint16(h.place), evidence: h.evidence,
	}
	return true
}

// panes returns the pane as a list.
func (p *floodPane) panes() (list pane.Panes) {
	if !p.isEmpty() {
		list = pane.One(pane.Pane{
			T: int64(p.start), Weight: uint64(p.packets), Other: uint64(p.bytes), First: uint32(p.first), Flows: p.flows, Accepted: p.flows,
		})
	}
	return list
}

func (p *floodPane) head() paneHead {
	return paneHead{
		number: uint64(p.number[0])<<32 | uint64(p.number[1]), start: p.start, latest: p.start + uint32(p.latest),
		place: uint32(p.place), evidence: p.evidence,
	}
}
