// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Key identifies one entry of a table. Parts that a table does not use are zero. Addresses are in their 16-byte form,
// so that a key has no pointer and the garbage collector skips millions of keys.
type Key struct {
	Scope    uint32
	Port     uint16
	Country  [2]byte
	Src, Dst [16]byte
}

// Bits of the first byte of an encoded key. The lowest four bits hold the kinds of the two addresses.
const (
	hasPort    = 1 << 4
	hasCountry = 1 << 5
)

// Encode appends the key, without the parts that are zero. A pair of IPv4 addresses takes 10 bytes.
func (k *Key) Encode(e *encode.Encoder) {
	src, dst := encode.KindOf(k.Src), encode.KindOf(k.Dst)
	tag := byte(src | dst<<2)
	if k.Port != 0 {
		tag |= hasPort
	}
	if k.Country != [2]byte{} {
		tag |= hasCountry
	}
	*e = append(*e, tag)
	e.Uint(uint64(k.Scope))
	e.BareAddress(k.Src, src)
	e.BareAddress(k.Dst, dst)
	if k.Port != 0 {
		e.Uint(uint64(k.Port))
	}
	if k.Country != [2]byte{} {
		*e = append(*e, k.Country[:]...)
	}
}

// DecodeKey reads what Encode wrote.
func DecodeKey(d *encode.Decoder) (k Key) {
	tag := d.UpTo(1<<6 - 1)
	k.Scope = uint32(d.UpTo(math.MaxUint32))
	k.Src = d.BareAddress(encode.AddressKind(tag & 3))
	k.Dst = d.BareAddress(encode.AddressKind(tag >> 2 & 3))
	if tag&hasPort != 0 {
		k.Port = d.Port()
	}
	if tag&hasCountry != 0 {
		copy(k.Country[:], d.Take(len(k.Country)))
	}
	return k
}
