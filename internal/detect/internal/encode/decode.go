// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package encode

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// Decoder reads what an Encoder wrote. After the first invalid value, Failed returns true and all further values are zero.
type Decoder struct {
	left   []byte
	failed bool
}

// NewDecoder returns a Decoder that reads from data.
func NewDecoder(data []byte) *Decoder { return &Decoder{left: data} }

// Failed reports whether the input was invalid.
func (d *Decoder) Failed() bool { return d.failed }

// More reports whether unread input is left.
func (d *Decoder) More() bool { return len(d.left) > 0 }

// Fail marks the input as invalid. Callers use it for values that they cannot accept.
func (d *Decoder) Fail() { d.failed, d.left = true, nil }

// Uint reads an unsigned number.
func (d *Decoder) Uint() uint64 {
	n, size := binary.Uvarint(d.left)
	if size <= 0 { // a number has at least one byte
		d.Fail()
		return 0
	}
	d.Take(size)
	return n
}

// Int reads a signed number.
func (d *Decoder) Int() int64 {
	n, size := binary.Varint(d.left)
	if size <= 0 {
		d.Fail()
		return 0
	}
	d.Take(size)
	return n
}

// UpTo reads an unsigned number and fails if it is greater than limit.
func (d *Decoder) UpTo(limit uint64) uint64 {
	n := d.Uint()
	if n > limit {
		d.Fail()
		return 0
	}
	return n
}

// Port reads a port number.
func (d *Decoder) Port() uint16 { return uint16(d.UpTo(math.MaxUint16)) }

// Bool reads a truth value.
func (d *Decoder) Bool() bool { return d.UpTo(1) == 1 }

// Count reads the number of elements that follow. Each of them takes at least one byte.
func (d *Decoder) Count() int { return int(d.UpTo(uint64(len(d.left)))) }

// Text reads a string.
func (d *Decoder) Text() string { return string(d.Take(d.Count())) }

// Addr reads an address.
func (d *Decoder) Addr() netip.Addr {
	a := d.Address()
	if a == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(a).Unmap()
}

// Address reads an address in its 16-byte form.
func (d *Decoder) Address() [16]byte { return d.BareAddress(AddressKind(d.UpTo(uint64(IPv6)))) }

// BareAddress reads the bytes of an address of a known kind.
func (d *Decoder) BareAddress(kind AddressKind) (a [16]byte) {
	if int(kind) >= len(addressSize) {
		d.Fail()
		return a
	}
	if kind == IPv4 {
		a[10], a[11] = 0xff, 0xff
	}
	copy(a[16-addressSize[kind]:], d.Take(addressSize[kind]))
	return a
}

// Take returns the next size bytes. It fails and returns nil if there are fewer.
func (d *Decoder) Take(size int) []byte {
	if size > len(d.left) {
		d.Fail()
		return nil
	}
	taken := d.left[:size]
	d.left = d.left[size:]
	return taken
}
