// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"encoding/binary"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// packed is a key as a table stores it, in half the memory of a Key. It has no pointer, so that the garbage collector skips
// millions of keys.
type packed struct {
	scope, rest uint32 // rest is the port and the country
	// src and dst are IPv4 addresses, or the numbers of IPv6 addresses in the table.
	src, dst uint32
	more     uint32 // the source port, the protocol, and the kinds of src and dst, each an encode.AddressKind
}

func (p *packed) srcKind() encode.AddressKind { return encode.AddressKind(p.more & 0xf) }

func (p *packed) dstKind() encode.AddressKind { return encode.AddressKind(p.more >> 4 & 0xf) }

// Lookup is a key, prepared for looking it up in several tables.
type Lookup struct {
	key    Key
	packed packed // without the IPv6 addresses
	hash   uint64
}

// Set sets the key.
func (l *Lookup) Set(k *Key) { l.key, l.packed, l.hash = *k, k.pack(), k.hash() }

// Key returns the key.
func (l *Lookup) Key() *Key { return &l.key }

// pack packs a key, except for its IPv6 addresses.
func (k *Key) pack() (p packed) {
	p.scope = k.Scope
	p.rest = uint32(k.Port)<<16 | uint32(k.Country[0])<<8 | uint32(k.Country[1])
	var src, dst encode.AddressKind
	p.src, src = packAddress(&k.Src)
	p.dst, dst = packAddress(&k.Dst)
	p.more = uint32(k.SrcPort)<<16 | uint32(k.Protocol)<<8 | uint32(dst)<<4 | uint32(src)
	return p
}

func packAddress(a *[16]byte) (number uint32, kind encode.AddressKind) {
	high, low := binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])
	switch {
	case high != 0:
	case low>>32 == 0xffff:
		return uint32(low), encode.IPv4
	case low == 0:
		return 0, encode.NoAddress
	}
	return 0, encode.IPv6
}

// addresses are the IPv6 addresses of a table. They are numbered from 0.
type addresses struct {
	chunks []*[chunkSize][16]byte
	used   uint32
	free   []uint32
}

func (a *addresses) at(n uint32) *[16]byte { return &a.chunks[n>>chunkBits][n&(chunkSize-1)] }

func (a *addresses) add(address *[16]byte) (n uint32) {
	if last := len(a.free) - 1; last >= 0 {
		n = a.free[last]
		a.free = a.free[:last]
	} else {
		n = a.used
		if int(n)>>chunkBits == len(a.chunks) {
			a.chunks = append(a.chunks, new([chunkSize][16]byte))
		}
		a.used++
	}
	*a.at(n) = *address
	return n
}

// store packs a key with its IPv6 addresses.
func (a *addresses) store(l *Lookup) packed {
	p := l.packed
	if p.srcKind() == encode.IPv6 {
		p.src = a.add(&l.key.Src)
	}
	if p.dstKind() == encode.IPv6 {
		p.dst = a.add(&l.key.Dst)
	}
	return p
}

// remove removes the IPv6 addresses of a stored key.
func (a *addresses) remove(p *packed) {
	if p.srcKind() == encode.IPv6 {
		a.free = append(a.free, p.src)
	}
	if p.dstKind() == encode.IPv6 {
		a.free = append(a.free, p.dst)
	}
}

// isSame reports whether a stored key is the one of l.
func (a *addresses) isSame(stored *packed, l *Lookup) bool {
	wanted := &l.packed
	if stored.scope != wanted.scope || stored.rest != wanted.rest || stored.more != wanted.more {
		return false
	}
	return a.isSameAddress(stored.src, wanted.src, stored.srcKind(), &l.key.Src) &&
		a.isSameAddress(stored.dst, wanted.dst, stored.dstKind(), &l.key.Dst)
}

func (a *addresses) isSameAddress(stored, wanted uint32, kind encode.AddressKind, address *[16]byte) bool {
	if kind == encode.IPv6 {
		return *a.at(stored) == *address
	}
	return stored == wanted
}

// key returns a stored key.
func (a *addresses) key(p *packed) (k Key) {
	k.Scope, k.Port = p.scope, uint16(p.rest>>16)
	k.Country = [2]byte{byte(p.rest >> 8), byte(p.rest)}
	k.SrcPort, k.Protocol = uint16(p.more>>16), uint8(p.more>>8)
	k.Src, k.Dst = a.unpack(p.src, p.srcKind()), a.unpack(p.dst, p.dstKind())
	return k
}

func (a *addresses) unpack(n uint32, kind encode.AddressKind) (address [16]byte) {
	switch kind {
	case encode.IPv6:
		return *a.at(n)
	case encode.IPv4:
		address[10], address[11] = 0xff, 0xff
		binary.BigEndian.PutUint32(address[12:], n)
	}
	return address
}
