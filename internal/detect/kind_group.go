// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// grouping selects the parts of a flow that form the key of a rule, besides the scope and the source.
type grouping uint8

const (
	bySource grouping = iota
	byPair
	byPairAndPort
)

func groupingOf(setting GroupBy) grouping {
	if setting == BySourceDestination {
		return byPair
	}
	return bySource
}

// eventKeys are the keys of an event. Rules with the same grouping share them, because hashing a key takes as long as
// finding it.
type eventKeys struct {
	keys [byPairAndPort + 1]lru.Lookup
	set  [byPairAndPort + 1]bool
	// country is the key of a rule about countries.
	country lru.Lookup
}

// get returns the key of an event.
func (e *eventKeys) get(ev *Event, g grouping) *lru.Lookup {
	l := &e.keys[g]
	if !e.set[g] {
		e.set[g] = true
		k := lru.Key{Scope: ev.scope.id, Src: ev.src}
		if g >= byPair {
			k.Dst = ev.dst
		}
		if g == byPairAndPort {
			k.Port = ev.DstPort
		}
		l.Set(&k)
	}
	return l
}

// text returns the parts of the key, without the scope, as the uid of an alert needs them.
func (g grouping) text(ev *Event) []string {
	parts := []string{ev.Src.String()}
	if g >= byPair {
		parts = append(parts, ev.Dst.String())
	}
	if g == byPairAndPort {
		parts = append(parts, strconv.Itoa(int(ev.DstPort)))
	}
	return parts
}

// timelineLimit returns how many entries a timeline may have: enough for a measure of ten times the threshold.
func timelineLimit(threshold int64) int { return int(max(12*min(threshold, pane.Max), 256)) }

// counted selects the parts of a flow that form the value that a rule counts.
type counted struct {
	parts timeline.Parts
	extra func(*Event) uint16 // nil if only destination and port count
}

// Values that rules count.
var (
	destinationPort    = counted{parts: timeline.Port}
	destination        = counted{parts: timeline.Addr}
	destinationService = counted{timeline.Addr | timeline.Port | timeline.Extra, func(ev *Event) uint16 { return uint16(ev.Protocol) }}
	connectionAttempt  = counted{timeline.Addr | timeline.Port | timeline.Extra, func(ev *Event) uint16 { return ev.SrcPort }}
	target             = counted{parts: timeline.Addr | timeline.Port}
)

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
