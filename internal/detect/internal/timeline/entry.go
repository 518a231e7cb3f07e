// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import "encoding/binary"

// Entry is a distinct value, the latest time at which it was seen, and properties of that flow. It must stay small,
// because a flood creates millions of entries.
type Entry struct {
	T              int64 // Unix seconds
	Packets, Bytes uint64
	Addr           [16]byte // the flow's destination
	Port           uint16   // the flow's destination port
	Extra          uint16   // a number of the caller's choice, such as a source port
	// Counted selects which of Addr, Port and Extra form the value. It is the same for all entries of a timeline.
	Counted Parts
	Outcome Outcome
}

// Parts is a set of the fields of an entry.
type Parts uint8

// The fields that a value can consist of.
const (
	Addr Parts = 1 << iota
	Port
	Extra
	// Mark is not a field. It distinguishes entries of another sort.
	Mark
)

// Outcome says whether the flow reached its destination. A better outcome is greater.
type Outcome uint8

// The outcomes.
const (
	Unknown Outcome = iota
	Rejected
	Accepted
	numOutcomes
)

// value is what distinguishes an entry from others. Fields that are not counted are zero.
type value struct {
	addr        [16]byte
	port, extra uint16
}

func (e *Entry) value() (v value) {
	if e.Counted&Addr != 0 {
		v.addr = e.Addr
	}
	if e.Counted&Port != 0 {
		v.port = e.Port
	}
	if e.Counted&Extra != 0 {
		v.extra = e.Extra
	}
	return v
}

// Hash returns a hash of the value that is the same in every process.
func (e *Entry) Hash() uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	v := e.value()
	h := uint64(offset)
	for _, b := range v.addr {
		h = (h ^ uint64(b)) * prime
	}
	for _, b := range [4]byte{byte(v.port >> 8), byte(v.port), byte(v.extra >> 8), byte(v.extra)} {
		h = (h ^ uint64(b)) * prime
	}
	return h
}

// isSame reports whether both entries have the same value.
func (e *Entry) isSame(o *Entry) bool {
	return (e.Counted&Port == 0 || e.Port == o.Port) && (e.Counted&Extra == 0 || e.Extra == o.Extra) &&
		(e.Counted&Addr == 0 || sameAddress(&e.Addr, &o.Addr))
}

// sameAddress compares words, because comparing arrays of bytes takes a call.
func sameAddress(a, b *[16]byte) bool {
	return word(a[8:]) == word(b[8:]) && word(a[:8]) == word(b[:8])
}

func word(b []byte) uint64 { return binary.NativeEndian.Uint64(b) }

// keepBetter copies the outcome and the uncounted fields of another entry with the same value, if its outcome is
// better. Whether any attempt was accepted matters more than the outcome of the last one.
func (e *Entry) keepBetter(o *Entry) {
	if o.Outcome > e.Outcome {
		e.Outcome, e.Addr, e.Port, e.Extra = o.Outcome, o.Addr, o.Port, o.Extra
	}
}
