// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
)

// grouping says which parts of a flow are the key of a rule, besides the scope and the source.
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

func (g grouping) key(ev *Event) lru.Key {
	k := lru.Key{Scope: ev.scope.id, Src: ev.src}
	if g >= byPair {
		k.Dst = ev.dst
	}
	if g == byPairAndPort {
		k.Port = ev.DstPort
	}
	return k
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

// destination returns the destination if it is part of the key, or else the invalid address.
func (g grouping) destination(ev *Event) netip.Addr {
	if g >= byPair {
		return ev.Dst
	}
	return netip.Addr{}
}

// timelineLimit returns how many entries a timeline may have: enough for a measure of ten times the threshold.
func timelineLimit(threshold int64) int { return int(max(12*min(threshold, pane.Max), 256)) }

// Values that rules count.

func destinationPort(ev *Event) timeline.Value { return timeline.Value{A: ev.DstPort} }

func destination(ev *Event) timeline.Value { return timeline.Value{Addr: ev.dst} }

func destinationService(ev *Event) timeline.Value {
	return timeline.Value{Addr: ev.dst, A: ev.DstPort, B: uint16(ev.Protocol)}
}

func connectionAttempt(ev *Event) timeline.Value {
	return timeline.Value{Addr: ev.dst, A: ev.DstPort, B: ev.SrcPort}
}
