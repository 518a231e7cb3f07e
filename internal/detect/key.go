// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
)

// Part is a part of a flow. The key of a rule, and the value that it counts, consist of different parts.
type Part string

// The parts. Port is that of the destination, and country that of the external side. Interface and VPC are those of the
// record. Ports that are absent are 0.
const (
	sourcePart      Part = "source"
	destinationPart Part = "destination"
	portPart        Part = "port"
	sourcePortPart  Part = "source_port"
	protocolPart    Part = "protocol"
	countryPart     Part = "country"
	interfacePart   Part = "interface"
	vpcPart         Part = "vpc"
)

// Keys that several rules have. Keys always include the scope, too.
var (
	bySource        = []Part{sourcePart}
	byPair          = []Part{sourcePart, destinationPart}
	byPairAndPort   = []Part{sourcePart, destinationPart, portPart}
	byCountry       = []Part{countryPart}
	bySourceAndPort = []Part{sourcePart, portPart}
	byService       = []Part{sourcePart, sourcePortPart}
	byConnection    = []Part{sourcePart, sourcePortPart, destinationPart, portPart}
)

// keyFor returns the key with the settings of the rule.
func (r *Rule) keyFor(set *Settings) []Part {
	switch {
	case !slices.Contains(r.Keys, "group_by"):
		return r.key
	case set.GroupBy == BySourceDestination:
		return byPair
	default:
		return bySource
	}
}

// partSet is a set of parts.
type partSet uint8

// partOrder numbers the parts in a partSet.
var partOrder = [...]Part{sourcePart, destinationPart, portPart, sourcePortPart, protocolPart, countryPart, interfacePart, vpcPart}

func setOf(parts []Part) (set partSet) {
	for _, p := range parts {
		set |= 1 << slices.Index(partOrder[:], p)
	}
	return set
}

const (
	hasSource partSet = 1 << iota
	hasDestination
	hasPort
	hasSourcePort
	hasProtocol
	hasCountry
	hasInterface
	hasVPC
)

// grouping is the compiled key of a rule.
type grouping struct {
	parts []Part
	set   partSet
	slot  int // the place of the key in eventKeys
}

// has reports whether the key has a part.
func (g *grouping) has(p partSet) bool { return g.set&p != 0 }

// text returns the parts of the key, without the scope, as the uid of an alert needs them.
func (g *grouping) text(s *shared, ev *Event) []string {
	list := make([]string, len(g.parts))
	for i, p := range g.parts {
		list[i] = s.text(ev, p)
	}
	return list
}

// text returns a part of a flow as text.
func (s *shared) text(ev *Event, p Part) string {
	switch p {
	case sourcePart:
		return ev.Src.String()
	case destinationPart:
		return ev.Dst.String()
	case portPart:
		return strconv.Itoa(int(ev.DstPort))
	case sourcePortPart:
		return strconv.Itoa(int(ev.SrcPort))
	case protocolPart:
		return protocolName(ev.Protocol)
	case countryPart:
		return s.country(ev).String()
	case interfacePart:
		return ev.Interface
	default:
		return ev.VPC
	}
}

// group returns the compiled key of a rule. Rules with the same parts share a slot.
func (s *shared) group(parts []Part) grouping {
	g := grouping{parts: parts, set: setOf(parts)}
	g.slot = slices.Index(s.groups, g.set)
	if g.slot < 0 {
		g.slot = len(s.groups)
		s.groups = append(s.groups, g.set)
	}
	return g
}

// eventKeys are the keys of an event. Rules with the same key share it, because hashing a key takes as long as finding it.
type eventKeys struct {
	slots []keySlot
	event uint64 // changes with each event
}

type keySlot struct {
	lru.Lookup
	event uint64 // for which the key is set
}

// reset starts a new event.
func (e *eventKeys) reset(slots int) {
	for len(e.slots) < slots {
		e.slots = append(e.slots, keySlot{})
	}
	e.event++
}

// get returns the key of the current event.
func (e *eventKeys) get(s *shared, ev *Event, g *grouping) *lru.Lookup {
	slot := &e.slots[g.slot]
	if slot.event != e.event {
		slot.event = e.event
		k := lru.Key{Scope: ev.scope.id}
		if g.set&hasSource != 0 {
			k.Src = ev.src
		}
		if g.set&hasDestination != 0 {
			k.Dst = ev.dst
		}
		if g.set&hasPort != 0 {
			k.Port = ev.DstPort
		}
		if g.set&^(hasSource|hasDestination|hasPort) != 0 {
			s.setRareParts(&k, ev, g.set)
		}
		slot.Set(&k)
	}
	return &slot.Lookup
}

// setRareParts sets the parts of a key that few rules have.
func (s *shared) setRareParts(k *lru.Key, ev *Event, set partSet) {
	if set&hasSourcePort != 0 {
		k.SrcPort = ev.SrcPort
	}
	if set&hasProtocol != 0 {
		k.Protocol = ev.Protocol
	}
	if set&hasCountry != 0 {
		k.Country = s.country(ev)
	}
	if set&(hasInterface|hasVPC) != 0 {
		k.Dst = s.hashParts(ev, set&(hasDestination|hasInterface|hasVPC))
		s.noteHashed(k.Dst, ev, set)
	}
}

// hashParts returns a hash of parts of a flow in the place of an address. It is the same in every process. Nobody can choose
// parts that have the same hash.
func (s *shared) hashParts(ev *Event, set partSet) (hash [16]byte) {
	var space [512]byte
	text := append(space[:0], byte(set))
	if set&hasSource != 0 {
		text = append(text, ev.src[:]...)
	}
	if set&hasDestination != 0 {
		text = append(text, ev.dst[:]...)
	}
	for _, number := range []struct {
		part  partSet
		value uint16
	}{{hasPort, ev.DstPort}, {hasSourcePort, ev.SrcPort}, {hasProtocol, uint16(ev.Protocol)}} {
		if set&number.part != 0 {
			text = binary.BigEndian.AppendUint16(text, number.value)
		}
	}
	if set&hasCountry != 0 {
		where := s.country(ev)
		text = append(text, where[:]...)
	}
	if set&hasInterface != 0 {
		text = append(append(text, names.Cut(ev.Interface)...), 0)
	}
	if set&hasVPC != 0 {
		text = append(append(text, names.Cut(ev.VPC)...), 0)
	}
	sum := sha256.Sum256(text)
	copy(hash[:], sum[:])
	return hash
}
