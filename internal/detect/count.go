// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// timelineLimit returns how many entries a timeline may have: enough for a measure of ten times the threshold.
func timelineLimit(threshold int64) int { return int(max(12*min(threshold, pane.Max), 256)) }

// counted is the compiled value that a rule counts.
type counted struct {
	parts timeline.Parts
	extra func(*Event) uint16   // nil if neither source port nor protocol counts
	addr  func(*Event) [16]byte // nil if the address of an entry is the destination
	// sources says that the address of an entry is the source.
	sources bool
	// isSample says that a rule does not count the values.
	isSample bool
}

// Values that several rules count.
var (
	countPorts        = []Part{portPart}
	countDestinations = []Part{destinationPart}
	countServices     = []Part{destinationPart, portPart, protocolPart}
	countAttempts     = []Part{destinationPart, portPart, sourcePortPart}

	target = counted{parts: timeline.Addr | timeline.Port, isSample: true}
)

// newCounted returns the compiled value of these parts. An entry has space for one address and two ports. A value with more
// parts is hashed, and its entries do not say which addresses it has.
func (s *shared) newCounted(parts []Part) (c counted) {
	const rare = hasCountry | hasInterface | hasVPC
	set := setOf(parts)
	if set&rare != 0 || set&(hasSource|hasDestination) == hasSource|hasDestination || set&(hasSourcePort|hasProtocol) == hasSourcePort|hasProtocol {
		return counted{parts: timeline.Addr, addr: func(ev *Event) [16]byte { return s.hashParts(ev, set) }}
	}
	if set&hasDestination != 0 {
		c.parts |= timeline.Addr
	}
	if set&hasSource != 0 {
		c.parts |= timeline.Addr
		c.sources, c.addr = true, func(ev *Event) [16]byte { return ev.src }
	}
	if set&hasPort != 0 {
		c.parts |= timeline.Port
	}
	if set&hasSourcePort != 0 {
		c.parts |= timeline.Extra
		c.extra = func(ev *Event) uint16 { return ev.SrcPort }
	}
	if set&hasProtocol != 0 {
		c.parts |= timeline.Extra
		c.extra = func(ev *Event) uint16 { return uint16(ev.Protocol) }
	}
	return c
}

// countedIntervals returns the compiled value that is the number of an interval of so many seconds. 16 bits are enough for
// intervals of 10 minutes: no window is as long as 455 days.
func countedIntervals(length int64) counted {
	return counted{parts: timeline.Extra, extra: func(ev *Event) uint16 { return uint16(ev.Time / length) }}
}

// unitOf returns the unit of a measure that counts these parts.
func unitOf(parts []Part) alert.Unit {
	switch setOf(parts) {
	case hasPort:
		return alert.Ports
	case hasDestination:
		return alert.Destinations
	default:
		return alert.Attempts
	}
}

// entry returns the entry of a timeline for a flow.
func (c counted) entry(ev *Event) timeline.Entry {
	e := timeline.Entry{
		T: ev.Time, Packets: ev.Packets, Bytes: ev.Bytes, Addr: ev.dst, Port: ev.DstPort, Counted: c.parts, Outcome: outcomeOf(ev),
	}
	if c.extra != nil {
		e.Extra = c.extra(ev)
	}
	if c.addr != nil {
		e.Addr = c.addr(ev)
	}
	return e
}

func outcomeOf(ev *Event) timeline.Outcome {
	switch {
	case ev.accepted:
		return timeline.Accepted
	case rejected(ev):
		return timeline.Rejected
	default:
		return timeline.Unknown
	}
}
