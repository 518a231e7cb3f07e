// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Key identifies one entry of a table. Parts that a table does not use are zero. Addresses are in their 16-byte form.
type Key struct {
	Scope    uint32
	Port     uint16 // of the destination
	SrcPort  uint16
	Protocol uint8
	Country  [2]byte
	Src, Dst [16]byte
}

// seeds make the hash differ between processes, so that nobody can choose addresses whose keys collide. They are the only
// randomness; no result depends on them.
var seeds = [...]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}

// hash returns the hash of the key, which is the same for all tables of the process. It multiplies and folds words of
// eight bytes as wyhash does, because hashing and comparing keys byte by byte took a fifth of the time of a flow.
func (k *Key) hash() uint64 {
	rest := uint64(k.Scope)<<32 | uint64(k.Port)<<16 | uint64(k.Country[0])<<8 | uint64(k.Country[1])
	src := fold(word(k.Src[:8])^seeds[0], word(k.Src[8:])^seeds[1])
	dst := fold(word(k.Dst[:8])^seeds[2], word(k.Dst[8:])^seeds[3])
	more := uint64(k.SrcPort)<<8 | uint64(k.Protocol)
	return fold(src^rest, dst^seeds[4]^more)
}

func word(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }

func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// Bits of the first number of an encoded key. The lowest four bits hold the kinds of the two addresses.
const (
	hasPort     = 1 << 4
	hasCountry  = 1 << 5
	hasSrcPort  = 1 << 6
	hasProtocol = 1 << 7
)

// Encode appends the key, without the parts that are zero. A pair of IPv4 addresses takes 10 bytes.
func (k *Key) Encode(e *encode.Encoder) {
	src, dst := encode.KindOf(k.Src), encode.KindOf(k.Dst)
	tag := uint64(src | dst<<2)
	if k.Port != 0 {
		tag |= hasPort
	}
	if k.Country != [2]byte{} {
		tag |= hasCountry
	}
	if k.SrcPort != 0 {
		tag |= hasSrcPort
	}
	if k.Protocol != 0 {
		tag |= hasProtocol
	}
	e.Uint(tag)
	e.Uint(uint64(k.Scope))
	e.BareAddress(k.Src, src)
	e.BareAddress(k.Dst, dst)
	if k.Port != 0 {
		e.Uint(uint64(k.Port))
	}
	if k.Country != [2]byte{} {
		*e = append(*e, k.Country[:]...)
	}
	if k.SrcPort != 0 {
		e.Uint(uint64(k.SrcPort))
	}
	if k.Protocol != 0 {
		e.Uint(uint64(k.Protocol))
	}
}

// DecodeKey reads what Encode wrote.
func DecodeKey(d *encode.Decoder) (k Key) {
	tag := d.UpTo(1<<8 - 1)
	k.Scope = uint32(d.UpTo(math.MaxUint32))
	k.Src = d.BareAddress(encode.AddressKind(tag & 3))
	k.Dst = d.BareAddress(encode.AddressKind(tag >> 2 & 3))
	if tag&hasPort != 0 {
		k.Port = d.Port()
	}
	if tag&hasCountry != 0 {
		copy(k.Country[:], d.Take(len(k.Country)))
	}
	if tag&hasSrcPort != 0 {
		k.SrcPort = d.Port()
	}
	if tag&hasProtocol != 0 {
		k.Protocol = uint8(d.UpTo(math.MaxUint8))
	}
	return k
}
