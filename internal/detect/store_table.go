// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "fmt"

// journal stores one rule's table as a log of the keys that were touched. Whatever changes a key's value touches it,
// and what has been touched since the last save stands together at the newest end of the table's list: so a save walks
// over just that, and the order of the records is the order of touch, which restoring gives back by touching again.
// What was dropped needs no record: only the least recently touched is ever dropped, so it is enough to know how
// many keys were left.
//
// Records lie in segments, values of some kilobytes. The last one is written again with what is added to it until it
// has a good size, so that small saves do not leave small values. When what has been logged since is more than half of
// what it adds to, the table is written anew, as a base: in pieces, some with each save, from the least recently
// touched on. A key touched meanwhile is in the log anyway. When the base is complete it takes the place of the
// former one and of the log from before it was begun. So what is stored stays below about three times the table's size, and
// what is written below about four times what changes.
type journal[V any] struct {
	rule   string
	table  *table[V]
	encode func(*encoder, *V)
	decode func(*decoder, *V)

	// restored is called for each key when all has been read.
	restored func(*key, *V)

	saved extents
	fresh []uint32 // entries that are to be saved before all others
	next  staged   // what holds once what was handed out is stored
}

// newJournal makes the journal of a rule's table. episode returns that of a value; nil when values have none.
func newJournal[V any](
	b *base, t *table[V], encode func(*encoder, *V), decode func(*decoder, *V), episode func(*V) *episode,
) *journal[V] {
	j := &journal[V]{rule: b.ID, table: t, encode: encode, decode: decode, restored: func(*key, *V) {}}
	if episode != nil {
		j.restored = func(k *key, v *V) { b.await(k, episode(v)) }
	}
	return j
}

type staged struct {
	extents
	marks [numMarks]uint32
}

// extents says what is stored.
type extents struct {
	keys      int      // how many keys there were
	base, log segments // the segments to be read, in this order
	draft     draft    // the base that is being written
	size      int64    // bytes of the base
	logged    int64    // bytes of the log
	owed      int64    // how many bytes of a draft the log asks for
	open      []byte
}

// segments is a range of segments, the last not among them.
type segments struct{ from, to uint64 }

type draft struct {
	segments
	begun  bool
	size   int64
	log    uint64 // the first segment of the log that stays when the draft is complete
	before int64  // bytes of the log that go then
}

const (
	smallSegment = 4 << 10 // a page of most storages: to write less of it saves nothing
	largeSegment = 64 << 10
	smallLog     = 256 << 10 // for which no base is made
	leastDraft   = 64 << 10  // bytes of a draft written with each save
	draftPace    = 4         // bytes of a draft written for each byte of the log
)

// saver is what a rule at work has to be saved.
type saver interface {
	load(get func(string) ([]byte, error)) error
	save([]Change) []Change
	saveFresh([]Change) []Change
	stored() // what was handed out by the last call of one of the two above has been stored
}

// save hands out all that changed since the last time, and goes on with the draft.
func (j *journal[V]) save(changes []Change) []Change {
	j.stage()
	before := len(changes)
	changes = j.logFrom(j.table.after(touched), changes)
	j.next.marks[touched] = j.table.newest
	changes = j.advance(changes)
	return j.header(before, changes)
}

// saveFresh hands out the fresh keys alone.
func (j *journal[V]) saveFresh(changes []Change) []Change {
	j.stage()
	before := len(changes)
	var records encoder
	for _, n := range j.fresh {
		if e := j.table.at(n); e.key.scope != 0 { // it has not been dropped since
			j.record(&records, e)
		}
	}
	changes = j.log(records, changes)
	return j.header(before, changes)
}

func (j *journal[V]) stage() { j.next = staged{extents: j.saved, marks: j.table.marks} }

func (j *journal[V]) stored() {
	j.saved, j.table.marks = j.next.extents, j.next.marks
	j.fresh = j.fresh[:0]
}

func (j *journal[V]) record(to *encoder, e *entry[V]) {
	to.key(&e.key)
	j.encode(to, &e.value)
}

// logFrom logs entry n and all newer ones.
func (j *journal[V]) logFrom(n uint32, changes []Change) []Change {
	var records encoder
	for n != 0 {
		e := j.table.at(n)
		j.record(&records, e)
		if n = e.newer; len(records) >= largeSegment || n == 0 {
			changes = j.log(records, changes)
			records = records[:0]
		}
	}
	return changes
}

// log adds records to the open segment, or to a new one when none is.
func (j *journal[V]) log(records []byte, changes []Change) []Change {
	if len(records) == 0 {
		return changes
	}
	x := &j.next.extents
	if x.open == nil {
		x.log.to++
	}
	x.open = append(append(make([]byte, 0, len(x.open)+len(records)), x.open...), records...)
	changes = append(changes, Change{j.segment("log", x.log.to-1), seal(x.open)})
	if len(x.open) >= smallSegment {
		x.open = nil
	}
	x.logged += int64(len(records))
	x.owed += draftPace * int64(len(records))
	return changes
}

// advance begins a draft when there is too much garbage, writes some of it, and puts it in its place when it is complete.
func (j *journal[V]) advance(changes []Change) []Change {
	x := &j.next.extents
	if !x.draft.begun {
		if x.logged <= x.size/2+smallLog {
			x.owed = 0
			return changes
		}
		changes = j.forget(changes, "base", x.draft.segments) // of a draft that a crash left
		x.open = nil
		x.draft = draft{segments: segments{x.draft.to, x.draft.to}, begun: true, log: x.log.to, before: x.logged}
		j.next.marks[drafted], j.next.marks[draftEnd] = 0, j.table.newest
	}
	budget := leastDraft + x.owed
	x.owed = 0
	marks := &j.next.marks
	var records encoder
	for budget > 0 && marks[drafted] != marks[draftEnd] {
		n := j.table.newerThan(marks[drafted])
		j.record(&records, j.table.at(n))
		marks[drafted] = n
		done := n == marks[draftEnd]
		if len(records) >= largeSegment || done {
			changes = append(changes, Change{j.segment("base", x.draft.to), seal(records)})
			x.draft.to++
			x.draft.size += int64(len(records))
			budget -= int64(len(records))
			records = records[:0]
		}
	}
	if marks[drafted] != marks[draftEnd] {
		return changes
	}
	changes = j.forget(changes, "base", x.base)
	changes = j.forget(changes, "log", segments{x.log.from, x.draft.log})
	x.base, x.size = x.draft.segments, x.draft.size
	x.log.from, x.logged = x.draft.log, x.logged-x.draft.before
	x.draft = draft{segments: segments{x.base.to, x.base.to}}
	return changes
}

// forget deletes segments.
func (j *journal[V]) forget(changes []Change, kind string, those segments) []Change {
	for n := those.from; n < those.to; n++ {
		changes = append(changes, Change{Key: j.segment(kind, n)})
	}
	return changes
}

func (j *journal[V]) segment(kind string, n uint64) string {
	return fmt.Sprintf("%s/%s/%d", j.rule, kind, n)
}

// header adds what tells of the segments, when anything has changed.
func (j *journal[V]) header(before int, changes []Change) []Change {
	x := &j.next.extents
	if len(changes) == before && x.keys == j.table.len() {
		return changes
	}
	x.keys = j.table.len()
	var e encoder
	for _, n := range []uint64{uint64(x.keys), x.base.from, x.base.to, x.log.from, x.log.to, x.draft.from, x.draft.to} {
		e.uint(n)
	}
	return append(changes, Change{j.rule, seal(e)})
}
