// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// knownInterfaces are some of the interfaces whose own address is known, to find what the inventory has of them without a
// table lookup. An interface replaces another one in its place.
type knownInterfaces struct {
	places [2048]knownInterface
	// evicted is the number of evicted addresses and interfaces at the last use: what is evicted must not be used.
	evicted int64
}

type knownInterface struct {
	scope      uint32
	eni        string
	candidates *inventory.Candidates
	own        netip.Addr
	history    *inventory.History // of own
}

// place returns the place of an interface. Interface ids end with random digits.
func (k *knownInterfaces) place(eni string) *knownInterface {
	const digits, odd = 8, 0x9e3779b97f4a7c15
	if len(eni) < digits {
		return nil
	}
	last := binary.LittleEndian.Uint64([]byte(eni[len(eni)-digits:]))
	return &k.places[last*odd>>(64-11)]
}

// knows reports whether a record would teach the inventory nothing. src and dst are its internal addresses at the interface.
func (h *hosts) knows(ev *Event, src, dst netip.Addr) bool {
	if evicted := h.owners.Evicted + h.interfaces.Evicted; h.known.evicted != evicted {
		h.known = knownInterfaces{evicted: evicted}
	}
	k := h.known.place(ev.Interface)
	if k == nil || k.scope != ev.scope.id || k.eni != ev.Interface || ev.Local.IsValid() || !k.candidates.Agrees(src, dst) {
		return false
	}
	own, weak, found := k.candidates.Address()
	return found && own == k.own && k.history.Knows(&ev.Flow, weak)
}

// remember makes the interface of a record known. own is its address.
func (h *hosts) remember(ev *Event, candidates *inventory.Candidates, own netip.Addr) {
	place := h.known.place(ev.Interface)
	history := h.owners.Get(&lru.Key{Scope: ev.scope.id, Src: own.As16()})
	if place == nil || history == nil {
		return
	}
	// The interface id in the record is not kept, because its memory belongs to the batch.
	if owner, ok := history.At(ev.Time); ok && owner.Interface == ev.Interface {
		*place = knownInterface{ev.scope.id, owner.Interface, candidates, own, history}
	}
}
