// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "net/netip"

// addressSlot is the index of one of the four address fields of a record.
type addressSlot uint8

const (
	slotSrcaddr addressSlot = iota
	slotDstaddr
	slotPktSrcaddr
	slotPktDstaddr
	// slots is the number of address fields. As a slot, it means no address.
	slots
)

// addresses holds the four addresses of one record, as text and parsed. Absent ones are empty.
type addresses struct {
	text [slots]string
	addr [slots]netip.Addr
}

// set parses and stores an address. The addresses of the interface and the packet are usually equal and then parsed
// once.
func (a *addresses) set(s addressSlot, text string) Reason {
	other := s ^ 2
	if a.text[other] == text {
		a.text[s], a.addr[s] = text, a.addr[other]
		return ""
	}
	addr, reason := ParseAddress(text)
	a.text[s], a.addr[s] = text, addr
	return reason
}

// store stores the addresses in a Flow.
func (a *addresses) store(dst *Flow) {
	r := a.roles()
	dst.Src, dst.Dst, dst.Local, dst.Intermediate = a.at(r[0]), a.at(r[1]), a.at(r[2]), a.at(r[3])
	dst.LocalIsDst = r[2] == slotDstaddr
}

// at returns the address in a slot, or the zero Addr for no slot.
func (a *addresses) at(s addressSlot) netip.Addr {
	if s == slots {
		return netip.Addr{}
	}
	return a.addr[s]
}

// roles returns the slots of the four addresses of a Flow: source, destination, local and intermediate.
func (a *addresses) roles() [4]addressSlot {
	src, srcMiddle := a.side(slotSrcaddr, slotPktSrcaddr)
	dst, dstMiddle := a.side(slotDstaddr, slotPktDstaddr)
	if srcMiddle == slots {
		return [4]addressSlot{src, dst, dstMiddle, slots}
	}
	return [4]addressSlot{src, dst, srcMiddle, dstMiddle}
}

// side returns the slot of the packet's address, and the slot of the interface's address if that differs.
func (a *addresses) side(iface, packet addressSlot) (address, middle addressSlot) {
	switch {
	case a.text[packet] == "" && a.text[iface] == "":
		return slots, slots
	case a.text[packet] == "":
		return iface, slots
	case a.text[iface] == "" || a.addr[iface] == a.addr[packet]:
		return packet, slots
	}
	return packet, iface
}
