// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// The storage keys of the attempts and their answers.
const (
	attemptsKey = "attempts"
	answersKey  = "answers"
)

// newAttempts returns an empty table for a shard, of which of is the progress.
func newAttempts(cfg *Config, number, parts int, of *progressByScope) *attempts {
	a := &attempts{progress: of, grace: seconds(cfg.AnswerGrace), max: shareOf(cfg.MaxAttempts, parts)}
	a.keyed = unboundedTable(attemptsKey, number, parts, codec[attempt]{
		encode: a.encode, decode: a.decode, last: func(value *attempt) int64 { return int64(value.t) },
	})
	a.log.reset = func(value *attempt) { a.origins.release(value.origin) }
	a.log.prune = func(n uint32) bool {
		value := a.table.Value(n)
		p := of.find(a.table.Key(n).Scope)
		gone := value.t == 0 || p == nil || int64(value.t)+a.decodedGrace <= p.watermark
		if gone {
			a.origins.release(value.origin)
		}
		return gone
	}
	a.limit = a.max
	a.order.link = func(n uint32) *link { return &a.table.Value(n).link }
	a.order.arrival = func(n uint32) uint64 { return a.table.Value(n).number }
	return a
}

// newAnswers returns an empty table.
func newAnswers(cfg *Config, number, parts int, of *progressByScope) *answers {
	a := &answers{
		progress: of,
		max:      shareOf(cfg.MaxAttempts, parts),
		keep:     max(seconds(cfg.AnswerGrace), seconds(cfg.AllowedLateness)),
	}
	a.keyed = unboundedTable(answersKey, number, parts, codec[answerList]{
		encode: a.encode, decode: a.decode, last: func(list *answerList) int64 { return int64(a.all[list.latest].t) },
	})
	a.log.reset = a.releaseAll
	a.log.prune = func(n uint32) bool {
		list := a.table.Value(n)
		p := of.find(a.table.Key(n).Scope)
		for place := &list.latest; *place != 0; {
			n := *place
			if p != nil && int64(a.all[n].t)+nearby >= p.watermark-a.decodedKeep {
				place = &a.all[n].more
				continue
			}
			*place = a.all[n].more
			a.release(n)
		}
		return list.latest == 0
	}
	a.limit = a.max
	a.order.link = func(n uint32) *link { return &a.all[n].link }
	a.order.arrival = func(n uint32) uint64 { return uint64(a.all[n].arrival) }
	return a
}

func shareOf(limit, parts int) int { return (limit + parts - 1) / parts }

// unboundedTable returns a table that never evicts keys by itself.
func unboundedTable[V any](id string, number, parts int, c codec[V]) keyed[V] {
	table := lru.New[V](math.MaxInt32)
	log := &changeLog[V]{key: shardKey(id, number), parts: parts, table: table, encode: c.encode, decode: c.decode, last: c.last}
	if parts > 1 {
		log.layout.keys = unsaved
	}
	return keyed[V]{table: table, log: log, limit: math.MaxInt32}
}

// encode writes an attempt. The zero attempt says that the key was dropped.
func (a *attempts) encode(e *encode.Encoder, value *attempt) {
	e.Uint(uint64(value.t))
	if value.t == 0 {
		return
	}
	e.Uint(uint64(value.last - value.t))
	e.Uint(uint64(a.grace))
	e.Uint(value.number)
	e.Uint(uint64(value.bytes))
	e.Uint(uint64(value.packets))
	e.Uint(uint64(value.bits))
	for _, field := range a.origins.at(value.origin).fields() {
		e.Text(*field)
	}
}

func (a *attempts) decode(d *encode.Decoder, value *attempt) {
	value.t = uint32(d.UpTo(math.MaxUint32))
	if value.t == 0 {
		return
	}
	value.last = value.t + uint32(d.UpTo(uint64(math.MaxUint32-value.t)))
	a.decodedGrace, value.number = int64(d.UpTo(math.MaxInt32)), d.Uint()
	value.bytes, value.packets = uint16(d.UpTo(math.MaxUint16)), uint8(d.UpTo(math.MaxUint8))
	value.bits = attemptBits(d.UpTo(math.MaxInt8))
	if int(value.bits&evidenceBits>>evidenceShift) >= len(evidences) || value.bits.direction() >= numDirections {
		d.Fail()
	}
	var of origin
	for _, field := range of.fields() {
		*field = d.Text()
	}
	if !d.Failed() {
		value.origin = a.origins.intern(of)
	}
}

func (a *answers) encode(e *encode.Encoder, list *answerList) {
	count := uint64(0)
	for n := list.latest; n != 0; n = a.all[n].more {
		count++
	}
	e.Uint(count)
	e.Uint(uint64(a.keep))
	last := uint32(0)
	for n := list.latest; n != 0; n = a.all[n].more {
		if last == 0 {
			e.Uint(uint64(a.all[n].t))
		} else {
			e.Uint(uint64(last - a.all[n].t))
		}
		last = a.all[n].t
	}
}

func (a *answers) decode(d *encode.Decoder, list *answerList) {
	count := d.Count()
	a.decodedKeep = int64(d.UpTo(math.MaxInt32))
	last := uint32(0)
	for range count {
		t := uint32(d.UpTo(math.MaxUint32))
		if last != 0 {
			if t == 0 || t >= last {
				d.Fail()
				return
			}
			t = last - t
		}
		if t == 0 {
			d.Fail()
			return
		}
		a.insert(list, a.table.Newest(), t)
		last = t
	}
}

// relink puts all attempts in order, after they were loaded or have got other numbers.
func (a *attempts) relink() {
	var all []uint32
	for n := a.table.Oldest(); n != 0; n = a.table.NewerThan(n) {
		all = append(all, n)
	}
	slices.SortFunc(all, func(x, y uint32) int {
		one, other := a.table.Value(x), a.table.Value(y)
		return cmp.Or(cmp.Compare(one.t, other.t), cmp.Compare(one.number, other.number))
	})
	for _, n := range all {
		a.order.add(&a.progress.of(a.table.Key(n).Scope).waiting, n)
	}
}

// relink puts all answers in order. Those of the same second are in the order of their connections.
func (a *answers) relink() {
	var all []uint32
	for key := a.table.Oldest(); key != 0; key = a.table.NewerThan(key) {
		for n := a.table.Value(key).latest; n != 0; n = a.all[n].more {
			a.all[n].key = key
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(x, y uint32) int {
		return cmp.Or(cmp.Compare(a.all[x].t, a.all[y].t), cmp.Compare(a.all[x].arrival, a.all[y].arrival))
	})
	for _, n := range all {
		a.all[n].arrival = a.next
		a.next++
		a.order.add(&a.progress.of(a.table.Key(a.all[n].key).Scope).answers, n)
	}
}
