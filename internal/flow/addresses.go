// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "net/netip"

// slot is the place of an address among the four that a record may have.
type slot uint8

const (
	srcaddr slot = iota
	dstaddr
	pktSrcaddr
	pktDstaddr
	slots
)

// addresses are the four addresses of one record as they stand, `-` and absent ones empty.
type addresses struct {
	text [slots]string
	addr [slots]netip.Addr
}

// put reads one of them. An interface's own address is most often the packet's too, and need not be read twice.
func (a *addresses) put(s slot, text string) Reason {
	other := s ^ 2
	if a.text[other] == text {
		a.text[s], a.addr[s] = text, a.addr[other]
		return ""
	}
	addr, reason := parseAddress(text)
	a.text[s], a.addr[s] = text, addr
	return reason
}

// meant are the addresses by what they mean: of the packet's source and its destination, and the two that a middle
// interface may add. Each is a place among the four of the record, or slots for none.
type meant [4]slot

// addressKeys are the attributes of the addresses in the order of meant.
var addressKeys = [len(meant{})]string{keySource, keyDestination, keyLocal, keyIntermediate}

// resolve tells the packet's own addresses from those of a middle interface.
func (a *addresses) resolve() meant {
	src, srcMiddle := a.side(srcaddr, pktSrcaddr)
	dst, dstMiddle := a.side(dstaddr, pktDstaddr)
	if srcMiddle == slots {
		return meant{src, dst, dstMiddle, slots}
	}
	return meant{src, dst, srcMiddle, dstMiddle}
}

// side gives the packet's own address of one side, and the interface's where it differs.
func (a *addresses) side(own, packet slot) (address, middle slot) {
	switch {
	case a.text[packet] == "" && a.text[own] == "":
		return slots, slots
	case a.text[packet] == "":
		return own, slots
	case a.text[own] == "" || a.addr[own] == a.addr[packet]:
		return packet, slots
	}
	return packet, own
}

// into puts the addresses in their places in a Flow.
func (a *addresses) into(dst *Flow) {
	m := a.resolve()
	dst.Src, dst.Dst, dst.Local, dst.Intermediate = a.at(m[0]), a.at(m[1]), a.at(m[2]), a.at(m[3])
}

// at gives an address by its place, or the invalid one for none.
func (a *addresses) at(s slot) netip.Addr {
	if s == slots {
		return netip.Addr{}
	}
	return a.addr[s]
}
