// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"net/netip"

	"github.com/cespare/xxhash/v2"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// defaultMaxHosts bounds the number of addresses in the inventory.
const defaultMaxHosts = 1_000_000

// hosts is the inventory: it maps internal addresses to machines, which it learns from the flows. The least recently
// seen addresses are evicted. The time of an address is updated at most once in five minutes.
type hosts struct {
	internal *network.Ranges
	clean    *names.Interner
	limit    int

	// owners maps each address, by scope and address, to its owners over time.
	owners    *lru.Table[inventory.History]
	ownersLog *changeLog[inventory.History]
	// interfaces maps each interface, by scope and id, to its possible addresses. It is needed for flows without a
	// direction.
	interfaces    *lru.Table[inventory.Candidates]
	interfacesLog *changeLog[inventory.Candidates]
	known         knownOwners
	bytes         int64 // memory of what the owners point to
}

func newHosts(internal *network.Ranges, clean *names.Interner, limit int) *hosts {
	h := &hosts{
		internal:   internal,
		clean:      clean,
		limit:      limit,
		owners:     lru.New[inventory.History](limit),
		interfaces: lru.New[inventory.Candidates](limit),
	}
	h.ownersLog, h.interfacesLog = ownersLog(h.owners, clean), interfacesLog(h.interfaces)
	h.owners.Dropped = func(_ uint32, history *inventory.History) { h.bytes -= history.Bytes() }
	decode := h.ownersLog.decode
	h.ownersLog.decode = func(d *encode.Decoder, history *inventory.History) {
		decode(d, history)
		h.bytes += history.Bytes()
	}
	h.ownersLog.reset = func(history *inventory.History) { h.bytes -= history.Bytes() }
	return h
}

// bounded returns the tables as parts of the inventory.
func (h *hosts) bounded() []bounded {
	forget := func() { h.known = knownOwners{} }
	return []bounded{
		&keyed[inventory.History]{
			table: h.owners, log: h.ownersLog, limit: h.limit, heap: func() int64 { return h.bytes }, compacted: forget,
		},
		&keyed[inventory.Candidates]{table: h.interfaces, log: h.interfacesLog, limit: h.limit, compacted: forget},
	}
}

// at returns the newest owner of an address that was first seen at or before t.
func (h *hosts) at(scope uint32, a netip.Addr, t int64) (inventory.Owner, bool) {
	key := lru.Key{Scope: scope, Src: a.As16()}
	history := h.owners.Get(&key)
	if history == nil {
		return inventory.Owner{}, false
	}
	return history.At(t)
}

// learn learns from a flow whose scope is set. It ignores hop records, because the interface of a gateway forwards the
// packets of other machines.
func (h *hosts) learn(ev *Event) {
	if ev.Hop || ev.Interface == "" && ev.Instance == "" {
		return
	}
	switch ev.Direction {
	case flow.Ingress:
		h.learnOwn(ev, ev.InterfaceDst(), ev.Dst, false)
	case flow.Egress:
		h.learnOwn(ev, ev.InterfaceSrc(), ev.Src, false)
	default:
		h.learnCandidates(ev)
	}
}

// learnOwn learns that own is the address of the logging interface. If the packet has another address on this side,
// that address belongs to something behind the interface, such as a pod. It reports whether anything was learned.
func (h *hosts) learnOwn(ev *Event, own, packet netip.Addr, weak bool) (learned bool) {
	if h.isInternal(ev, own) {
		learned = h.learnOwner(ev, own, weak)
	}
	if own != packet && h.isInternal(ev, packet) {
		learned = h.learnOwner(ev, packet, true) || learned
	}
	return learned
}

func (h *hosts) learnOwner(ev *Event, a netip.Addr, weak bool) (learned bool) {
	key := lru.Key{Scope: ev.scope.id}
	switch a {
	case ev.Src:
		key.Src = ev.src
	case ev.Dst:
		key.Src = ev.dst
	default:
		key.Src = a.As16()
	}
	if history := h.owners.Get(&key); history != nil && history.Knows(&ev.Flow, weak) {
		return false
	}
	owner := h.ownerOf(ev)
	history, _ := h.owners.Touch(&key)
	h.bytes -= history.Bytes()
	history.Learn(ev.Time, &owner, weak)
	h.bytes += history.Bytes()
	return true
}

// learnCandidates learns from a flow without a direction. An interface's own address is in all of its records, so the
// address that all records have in common is its own.
func (h *hosts) learnCandidates(ev *Event) {
	src, dst := h.internalSides(ev)
	if ev.Interface == "" || !src.IsValid() && !dst.IsValid() {
		return
	}
	k := h.knownAt(ev, src)
	if k == nil {
		k = h.knownAt(ev, dst)
	}
	key := lru.Key{Scope: ev.scope.id}
	var known *inventory.Candidates
	if k != nil {
		known = k.candidates
	} else {
		setInterface(&key, ev.Interface)
		known = h.interfaces.Get(&key)
	}
	changed := known == nil || !known.Agrees(src, dst)
	if known == nil {
		known = new(inventory.Candidates)
	}
	if changed {
		known.Narrow(src, dst)
	}
	own, weak, found := known.Address()
	if found {
		if k != nil && k.own != own {
			k = h.knownAt(ev, own)
		}
		if k == nil || !k.history.Knows(&ev.Flow, weak) {
			packet := ev.Src
			if own == ev.InterfaceDst() {
				packet = ev.Dst
			}
			changed = h.learnOwn(ev, own, packet, weak) || changed
		}
	}
	if changed {
		setInterface(&key, ev.Interface)
		kept, _ := h.interfaces.Touch(&key)
		*kept = *known
		known = kept
	}
	if found && k == nil {
		h.remember(ev, known, own)
	}
}

// internalSides returns the internal addresses of an event at its interface. That of an external side is invalid.
func (h *hosts) internalSides(ev *Event) (src, dst netip.Addr) {
	if ev.Local.IsValid() || ev.Intermediate.IsValid() {
		return h.internalOnly(ev, ev.InterfaceSrc()), h.internalOnly(ev, ev.InterfaceDst())
	}
	if ev.class == network.InternalToExternal || ev.class == network.InternalToInternal {
		src = ev.Src
	}
	if ev.class == network.ExternalToInternal || ev.class == network.InternalToInternal {
		dst = ev.Dst
	}
	return src, dst
}

func (h *hosts) internalOnly(ev *Event, a netip.Addr) netip.Addr {
	if a.IsValid() && h.isInternal(ev, a) {
		return a
	}
	return netip.Addr{}
}

// isInternal reports whether an address of the event is internal. For the packet's own addresses, its class says so.
func (h *hosts) isInternal(ev *Event, a netip.Addr) bool {
	switch a {
	case ev.Src:
		return ev.class == network.InternalToExternal || ev.class == network.InternalToInternal
	case ev.Dst:
		return ev.class == network.ExternalToInternal || ev.class == network.InternalToInternal
	default:
		return h.internal.Contains(a)
	}
}

// setInterface sets the part of a key that identifies an interface. Interface ids are random, so their hash has no
// collisions in practice.
func setInterface(key *lru.Key, eni string) {
	binary.BigEndian.PutUint64(key.Src[:], xxhash.Sum64String(eni))
}

// ownerOf returns what a flow says about the logging interface, with names that are safe to keep and to show.
func (h *hosts) ownerOf(ev *Event) inventory.Owner {
	owner := inventory.OwnerOf(&ev.Flow)
	for _, field := range owner.Fields() {
		*field = h.clean.Clean(*field)
	}
	return owner
}
