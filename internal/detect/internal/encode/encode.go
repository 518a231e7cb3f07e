// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"net/netip"
)

// storedVersion is the version of all that is stored. It changes with the form or the meaning of any of it.
const storedVersion = 1

// UnreadableError says that stored state is not in the form that this engine writes.
type UnreadableError struct {
	// Key is that of the stored value.
	Key string
	// Reason says what is wrong with it.
	Reason string
}

// Error names the value and what is wrong with it.
func (e *UnreadableError) Error() string { return fmt.Sprintf("stored state %q %s", e.Key, e.Reason) }

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errDamaged = errors.New("is damaged")
)

// seal makes a value to be stored: the version, the content, and a checksum of both.
func seal(content []byte) []byte {
	value := make([]byte, 0, len(content)+5)
	value = append(value, storedVersion)
	value = append(value, content...)
	return binary.LittleEndian.AppendUint32(value, crc32.Checksum(value, castagnoli))
}

// unseal returns the content of a stored value.
func unseal(value []byte) ([]byte, error) {
	if len(value) < 5 {
		return nil, errDamaged
	}
	body := value[:len(value)-4]
	if binary.LittleEndian.Uint32(value[len(body):]) != crc32.Checksum(body, castagnoli) {
		return nil, errDamaged
	}
	if body[0] != storedVersion {
		return nil, fmt.Errorf("is of version %d, which this collector, of version %d, cannot read", body[0], storedVersion)
	}
	return body[1:], nil
}

// encoder writes numbers as varints, one behind the other. What wrote and what reads must agree on their order.
type encoder []byte

func (e *encoder) uint(n uint64) { *e = binary.AppendUvarint(*e, n) }

func (e *encoder) int(n int64) { *e = binary.AppendVarint(*e, n) }

func (e *encoder) bool(b bool) {
	if b {
		e.uint(1)
	} else {
		e.uint(0)
	}
}

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	*e = append(*e, s...)
}

func (e *encoder) addr(a netip.Addr) {
	if !a.IsValid() {
		e.address([16]byte{})
		return
	}
	e.address(a.As16())
}

func (e *encoder) address(a [16]byte) {
	kind := kindOf(a)
	*e = append(*e, kind)
	e.bare(a, kind)
}

// bare writes as many bytes of an address as its kind needs.
func (e *encoder) bare(a [16]byte, kind byte) { *e = append(*e, a[16-addressSize[kind]:]...) }

// Kinds of addresses.
const (
	noAddress byte = iota
	mappedV4
	anyAddress
)

var addressSize = [...]int{noAddress: 0, mappedV4: 4, anyAddress: 16}

func kindOf(a [16]byte) byte {
	switch {
	case a == [16]byte{}:
		return noAddress
	case netip.AddrFrom16(a).Is4In6():
		return mappedV4
	default:
		return anyAddress
	}
}

// key writes what of a key is not zero: 10 bytes for a pair of IPv4 addresses.
func (e *encoder) key(k *key) {
	src, dst := kindOf(k.src), kindOf(k.dst)
	tag := src | dst<<2
	if k.port != 0 {
		tag |= 1 << 4
	}
	if k.country != (country{}) {
		tag |= 1 << 5
	}
	*e = append(*e, tag)
	e.uint(uint64(k.scope))
	e.bare(k.src, src)
	e.bare(k.dst, dst)
	if k.port != 0 {
		e.uint(uint64(k.port))
	}
	if k.country != (country{}) {
		*e = append(*e, k.country[:]...)
	}
}

// decoder reads what an encoder wrote. After the first thing that cannot be, all else is zero, and bad is true.
type decoder struct {
	left []byte
	bad  bool
}

func (d *decoder) uint() uint64 {
	n, size := binary.Uvarint(d.left)
	if size <= 0 { // a number has at least one byte
		d.fail()
		return 0
	}
	d.take(size)
	return n
}

func (d *decoder) int() int64 {
	n, size := binary.Varint(d.left)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.take(size)
	return n
}

// upTo reads a number that is not greater than most.
func (d *decoder) upTo(most uint64) uint64 {
	n := d.uint()
	if n > most {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) port() uint16 { return uint16(d.upTo(math.MaxUint16)) }

func (d *decoder) bool() bool { return d.upTo(1) == 1 }

// count reads how many things follow, each of at least one byte.
func (d *decoder) count() int { return int(d.upTo(uint64(len(d.left)))) }

func (d *decoder) text() string { return string(d.take(d.count())) }

func (d *decoder) addr() netip.Addr {
	a := d.address()
	if a == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(a).Unmap()
}

func (d *decoder) address() [16]byte { return d.bare(byte(d.upTo(uint64(anyAddress)))) }

func (d *decoder) bare(kind byte) (a [16]byte) {
	if int(kind) >= len(addressSize) {
		d.fail()
		return a
	}
	if kind == mappedV4 {
		a[10], a[11] = 0xff, 0xff
	}
	copy(a[16-addressSize[kind]:], d.take(addressSize[kind]))
	return a
}

func (d *decoder) key() (k key) {
	tag := d.upTo(1<<6 - 1)
	k.scope = uint32(d.upTo(math.MaxUint32))
	k.src = d.bare(byte(tag & 3))
	k.dst = d.bare(byte(tag >> 2 & 3))
	if tag&(1<<4) != 0 {
		k.port = d.port()
	}
	if tag&(1<<5) != 0 {
		copy(k.country[:], d.take(len(k.country)))
	}
	return k
}

// take returns the next size bytes, or nothing when there are not so many.
func (d *decoder) take(size int) []byte {
	if size > len(d.left) {
		d.fail()
		return nil
	}
	taken := d.left[:size]
	d.left = d.left[size:]
	return taken
}

func (d *decoder) fail() { d.bad, d.left = true, nil }
