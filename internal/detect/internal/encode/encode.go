// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package encode writes the engine's state as compact bytes and reads it back. Damaged or hostile input never causes a
// panic, and memory use is at most proportional to the size of the input.
package encode

import (
	"encoding/binary"
	"net/netip"
)

// Encoder appends values to a byte slice. Numbers are varints. A Decoder must read the values in the same order.
type Encoder []byte

// Uint appends an unsigned number.
func (e *Encoder) Uint(n uint64) { *e = binary.AppendUvarint(*e, n) }

// Int appends a signed number.
func (e *Encoder) Int(n int64) { *e = binary.AppendVarint(*e, n) }

// Bool appends a truth value.
func (e *Encoder) Bool(b bool) {
	if b {
		e.Uint(1)
	} else {
		e.Uint(0)
	}
}

// Text appends a string and its length.
func (e *Encoder) Text(s string) {
	e.Uint(uint64(len(s)))
	*e = append(*e, s...)
}

// Bytes appends bytes without their length.
func (e *Encoder) Bytes(b []byte) { *e = append(*e, b...) }

// Addr appends an address. The invalid address takes one byte.
func (e *Encoder) Addr(a netip.Addr) {
	if !a.IsValid() {
		e.Address([16]byte{})
		return
	}
	e.Address(a.As16())
}

// Address appends an address in its 16-byte form: one byte for its kind, then 0, 4 or 16 bytes.
func (e *Encoder) Address(a [16]byte) {
	kind := KindOf(a)
	*e = append(*e, byte(kind))
	e.BareAddress(a, kind)
}

// BareAddress appends only the bytes that an address of this kind needs. The caller stores the kind.
func (e *Encoder) BareAddress(a [16]byte, kind AddressKind) {
	*e = append(*e, a[16-addressSize[kind]:]...)
}

// AddressKind says how many bytes of an address are stored.
type AddressKind byte

// The kinds of addresses.
const (
	NoAddress AddressKind = iota
	IPv4
	IPv6
)

var addressSize = [...]int{NoAddress: 0, IPv4: 4, IPv6: 16}

// KindOf returns the kind of an address in its 16-byte form.
func KindOf(a [16]byte) AddressKind {
	switch {
	case a == [16]byte{}:
		return NoAddress
	case netip.AddrFrom16(a).Is4In6():
		return IPv4
	default:
		return IPv6
	}
}
