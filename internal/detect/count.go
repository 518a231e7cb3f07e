// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// timelineLimit returns how many entries a timeline may have: enough for a measure of ten times the threshold.
func timelineLimit(threshold int64) int { return int(max(12*min(threshold, pane.Max), 256)) }

// counted is the compiled value that a rule counts.
type counted struct {
	parts timeline.Parts
	extra func(*Event) uint16 // nil if only destination and port count
}

// Values that several rules count.
var (
	countPorts        = []Part{portPart}
	countDestinations = []Part{destinationPart}
	countServices     = []Part{destinationPart, portPart, protocolPart}
	countAttempts     = []Part{destinationPart, portPart, sourcePortPart}

	target = newCounted([]Part{destinationPart, portPart})
)

// newCounted returns the compiled value of these parts. It has at most one of source port and protocol.
func newCounted(parts []Part) (c counted) {
	for _, p := range parts {
		switch p {
		case destinationPart:
			c.parts |= timeline.Addr
		case portPart:
			c.parts |= timeline.Port
		case sourcePortPart:
			c.parts |= timeline.Extra
			c.extra = func(ev *Event) uint16 { return ev.SrcPort }
		case protocolPart:
			c.parts |= timeline.Extra
			c.extra = func(ev *Event) uint16 { return uint16(ev.Protocol) }
		}
	}
	return c
}

// entry returns the entry of a timeline for a flow.
func (c counted) entry(ev *Event) timeline.Entry {
	e := timeline.Entry{
		T: ev.Time, Packets: ev.Packets, Bytes: ev.Bytes, Addr: ev.dst, Port: ev.DstPort, Counted: c.parts, Outcome: outcomeOf(ev),
	}
	if c.extra != nil {
		e.Extra = c.extra(ev)
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
