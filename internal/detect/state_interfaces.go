// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// knownOwners are some of the addresses at interfaces whose owner is known, to find what the inventory has of them without a
// table lookup. A set holds the two that were added last.
type knownOwners struct {
	sets [2048][2]knownOwner
}

// knownOwner is an address at an interface, with what the tables of the inventory have of both.
type knownOwner struct {
	scope      uint32
	evicted    uint32 // evictions of the inventory when it was added
	eni        string
	own        netip.Addr
	candidates *inventory.Candidates // of eni
	history    *inventory.History    // of own
}

// set returns the set of an address at an interface, or nil. Interface ids end with random digits.
func (k *knownOwners) set(eni string, own netip.Addr) *[2]knownOwner {
	const digits, odd, bits = 8, 0x9e3779b97f4a7c15, 11
	if len(eni) < digits {
		return nil
	}
	last, a := binary.LittleEndian.Uint64([]byte(eni[len(eni)-digits:])), own.As16()
	return &k.sets[(last+binary.LittleEndian.Uint64(a[8:])*odd)*odd>>(64-bits)]
}

// evictions changes when an address or an interface is evicted; it may wrap. Older pointers into the tables must not be used.
func (h *hosts) evictions() uint32 {
	return uint32(h.owners.Evicted + h.interfaces.Evicted)
}

// knownAt returns the entry of an address at the interface of a record, or nil.
func (h *hosts) knownAt(ev *Event, own netip.Addr) *knownOwner {
	if !own.IsValid() || ev.Local.IsValid() {
		return nil
	}
	set := h.known.set(ev.Interface, own)
	if set == nil {
		return nil
	}
	for i := range set {
		if k := &set[i]; k.own == own && k.eni == ev.Interface && k.scope == ev.scope.id && k.evicted == h.evictions() {
			return k
		}
	}
	return nil
}

// remember makes the owner of an address at the interface of a record known.
func (h *hosts) remember(ev *Event, candidates *inventory.Candidates, own netip.Addr) {
	set := h.known.set(ev.Interface, own)
	history := h.owners.Get(&lru.Key{Scope: ev.scope.id, Src: own.As16()})
	if set == nil || history == nil {
		return
	}
	// The interface id in the record is not kept, because its memory belongs to the batch.
	if owner, ok := history.At(ev.Time); ok && owner.Interface == ev.Interface {
		set[0], set[1] = knownOwner{ev.scope.id, h.evictions(), owner.Interface, own, candidates, history}, set[0]
	}
}
