// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// attempts holds the attempts of a shard that wait to be judged, by their 5-tuple.
//
// A waiting attempt takes 64 bytes, and 8 to 16 bytes for the index. It has no pointers, so that the garbage collector skips
// it. At a million attempts a minute, that is about 75 MB for each minute of answer_grace.
type attempts struct {
	keyed[attempt]
	order    orders
	origins  origins
	progress *progressByScope
	grace    int64 // seconds
	max      int
	// decodedGrace is the grace with which the attempt that was decoded last was saved.
	decodedGrace int64
	// rejected is the attempt that the current event has made a rejected one, or 0.
	rejected uint32

	evicted int64
}

// attempt is an attempt that waits. It has the fields of the record that came first.
type attempt struct {
	number  uint64 // of the record's event
	link           // the least time of the records
	last    uint32 // the greatest time
	origin  uint32 // see origins
	bytes   uint16
	packets uint8
	bits    attemptBits
}

// attemptKind says what a flow is for the attempts table.
type attemptKind uint8

const (
	noAttempt attemptKind = iota
	isAttempt
	isAnswer
)

const (
	// nearby is how far, in seconds, the records of one attempt may be apart, and an answer from its attempt.
	nearby = 120
	// spacing divides times into parts with at most one attempt of a 5-tuple, because others would have joined it.
	spacing = nearby + 1
)

// attemptKindOf returns what a flow is. It uses only this flow.
func attemptKindOf(ev *Event) attemptKind {
	switch {
	case ev.Protocol != tcp || ev.Action == flow.NoAction:
		return noAttempt
	case ev.role == Request && tries(&ev.Flow):
		return isAttempt
	case ev.role == Reply && ev.Action == flow.Accept && !refuses(&ev.Flow):
		return isAnswer
	}
	return noAttempt
}

// hasFlags reports whether the record says which flags were set, even if none of them was.
func hasFlags(f *flow.Flow) bool { return f.FlagsLogged || f.Flags != 0 }

// tries reports whether a request carries no data.
func tries(f *flow.Flow) bool {
	return f.Packets <= 7 && f.Bytes <= perPacket(f, 64, 84)*f.Packets && (!hasFlags(f) || f.Flags&(syn|ack|fin) == syn)
}

// refuses reports whether an accepted TCP flow refuses a connection.
func refuses(f *flow.Flow) bool {
	if hasFlags(f) {
		return f.Flags&(syn|fin|rst) == rst && within(f.Bytes, f.Packets, perPacket(f, 60, 80))
	}
	return f.Packets <= 2 && f.Bytes <= perPacket(f, 44, 64)*f.Packets
}

// within reports whether bytes are at most a number per packet. The product does not overflow.
func within(bytes, packets, each uint64) bool {
	return packets > math.MaxUint32 || bytes <= each*packets
}

func perPacket(f *flow.Flow, ipv4, ipv6 uint64) uint64 {
	if f.Src.Is4() {
		return ipv4
	}
	return ipv6
}

// attemptKey returns the key of a connection: from the side that tries it.
func attemptKey(ev *Event) lru.Key {
	return lru.Key{Scope: ev.scope.id, Src: ev.src, SrcPort: ev.SrcPort, Dst: ev.dst, Port: ev.DstPort}
}

// partOf sets the part of time in a key. It takes the place of the country.
func setPart(k *lru.Key, t int64) {
	part := uint16(t / spacing)
	k.Country = [2]byte{byte(part >> 8), byte(part)}
}

// find returns the waiting attempt that a record at t joins, or 0: of those within 120 s, the one with the least time.
func (a *attempts) find(k *lru.Key, t int64) (n uint32) {
	before := int64(0)
	for _, at := range [...]int64{t - nearby, t, t + nearby} {
		setPart(k, at)
		if at/spacing == before {
			continue
		}
		before = at / spacing
		if n := a.table.Find(k); n != 0 && abs(int64(a.table.Value(n).t)-t) <= nearby {
			return n
		}
	}
	return 0
}

func abs(n int64) int64 { return max(n, -n) }

// add records an attempt.
func (a *attempts) add(ev *Event, p *progress) {
	k := attemptKey(ev)
	n := a.find(&k, ev.Time)
	if n == 0 {
		a.insert(&k, &attempt{
			number: ev.number, link: link{t: uint32(ev.Time)}, last: uint32(ev.Time), origin: a.origins.add(&ev.Flow),
			bytes: uint16(ev.Bytes), packets: uint8(ev.Packets), bits: bitsOf(ev),
		}, p, ev.Action == flow.Reject)
		return
	}
	joined := *a.table.Value(n)
	wasRejected := joined.bits.rejected()
	joined.last = max(joined.last, uint32(ev.Time))
	if ev.Action == flow.Reject {
		joined.bits |= rejectedBit
	}
	becomes := !wasRejected && joined.bits.rejected()
	if uint32(ev.Time) >= joined.t {
		k := a.table.Key(n)
		kept, _ := a.table.Touch(&k)
		kept.last, kept.bits = joined.last, joined.bits
		if becomes {
			a.rejected = n
		}
		return
	}
	key := a.table.Key(n)
	a.origins.hold(joined.origin) // across the removal
	a.remove(n, p)
	if setPart(&k, ev.Time); k != key {
		a.log.lose(&key)
	}
	joined.link = link{t: uint32(ev.Time)}
	a.insert(&k, &joined, p, becomes)
}

// insert adds an attempt to the table, and evicts one if there are too many.
func (a *attempts) insert(k *lru.Key, value *attempt, p *progress, rejected bool) {
	setPart(k, int64(value.t))
	added, _ := a.table.Touch(k)
	*added = *value
	n := a.table.Newest()
	a.order.add(&p.waiting, n)
	if rejected {
		a.rejected = n
	}
	if a.table.Len() > a.limit {
		a.evict()
	}
}

// evict removes the attempt with the least time. It is not judged.
func (a *attempts) evict() {
	of := a.order.oldest()
	n := of.first()
	key := a.table.Key(n)
	a.log.lose(&key)
	a.drop(n, of)
	a.evicted++
	if n == a.rejected {
		a.rejected = 0
	}
}

// remove removes an attempt.
func (a *attempts) remove(n uint32, p *progress) { a.drop(n, &p.waiting) }

func (a *attempts) drop(n uint32, from *timeOrder) {
	a.order.remove(from, n)
	a.origins.release(a.table.Value(n).origin)
	a.table.Drop(n)
}

// isDue reports whether the watermark has reached the end of the grace of the scope's first attempt.
func (a *attempts) isDue(p *progress, watermark int64) bool {
	return !p.waiting.isEmpty() && int64(p.waiting.seconds[0].t)+a.grace <= watermark
}

// attemptBits are the properties of an attempt that need few bits.
type attemptBits uint8

const (
	rejectedBit    attemptBits = 1 << iota // one of its records was rejected
	classBits                  = 3 << 1
	directionBits              = 3 << 3
	evidenceBits               = 3 << 5
	classShift                 = 1
	directionShift             = 3
	evidenceShift              = 5
)

var evidences = [...]alert.RoleEvidence{alert.ByNone, alert.ByPorts, alert.ByFlags}

// evidenceNumber returns the index in evidences.
func evidenceNumber(e alert.RoleEvidence) uint8 { return uint8(max(0, slices.Index(evidences[:], e))) }

func bitsOf(ev *Event) (b attemptBits) {
	if ev.Action == flow.Reject {
		b = rejectedBit
	}
	b |= attemptBits(ev.class)<<classShift | attemptBits(ev.Direction)<<directionShift
	return b | attemptBits(evidenceNumber(ev.evidence))<<evidenceShift
}

func (b attemptBits) rejected() bool { return b&rejectedBit != 0 }

func (b attemptBits) class() network.Class { return network.Class(b & classBits >> classShift) }

func (b attemptBits) direction() flow.Direction {
	return flow.Direction(b & directionBits >> directionShift)
}

func (b attemptBits) evidence() alert.RoleEvidence { return evidences[b&evidenceBits>>evidenceShift] }
