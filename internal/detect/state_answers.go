// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// answers holds the times at which attempts of a shard were answered, by the 5-tuple of the attempt.
//
// The first answer of a connection takes 56 bytes, and 8 to 16 bytes for the index. Each further one takes 24 bytes. They have
// no pointers.
type answers struct {
	keyed[answerList]
	order    orders
	all      []answer // by their number; the first is not used
	free     uint32   // the first free one, linked by more
	next     uint32   // arrival of the next answer
	progress *progressByScope
	keep     int64 // seconds
	max      int
	// decodedKeep is the value of keep with which the list that was decoded last was saved.
	decodedKeep int64

	count   int
	evicted int64
}

// answer is one time at which a connection was answered.
type answer struct {
	link
	arrival uint32 // in this shard
	more    uint32 // the next earlier answer of the connection, or 0
	key     uint32 // the number of the connection's entry
}

// answerList is the number of the latest answer of a connection.
type answerList struct{ latest uint32 }

// add records an answer.
func (a *answers) add(ev *windowed, p *progress) {
	if known := a.table.FindAt(&ev.answered); known != 0 && a.listed(a.table.Value(known), uint32(ev.Time)) {
		return
	}
	list, _ := a.table.TouchAt(&ev.answered)
	n := a.insert(list, a.table.Newest(), uint32(ev.Time))
	a.order.add(&p.answers, n)
	if a.count > a.limit {
		a.evict()
	}
}

// listed reports whether the list has an answer at t.
func (a *answers) listed(list *answerList, t uint32) bool {
	for n := list.latest; n != 0 && a.all[n].t >= t; n = a.all[n].more {
		if a.all[n].t == t {
			return true
		}
	}
	return false
}

// insert adds an answer at t to the list of entry key, latest first. It returns its number.
func (a *answers) insert(list *answerList, key, t uint32) (n uint32) {
	if n = a.free; n != 0 {
		a.free = a.all[n].more
	} else {
		if len(a.all) == 0 {
			a.all = append(a.all, answer{})
		}
		n = uint32(len(a.all))
		a.all = append(a.all, answer{})
	}
	place := &list.latest
	for *place != 0 && a.all[*place].t > t {
		place = &a.all[*place].more
	}
	a.all[n] = answer{link: link{t: t}, arrival: a.next, more: *place, key: key}
	*place = n
	a.next++
	a.count++
	return n
}

// answered reports whether the connection has an answer from one time to another, inclusive.
func (a *answers) answered(k *lru.Key, from, to int64) bool {
	list := a.table.Get(k)
	if list == nil {
		return false
	}
	for n := list.latest; n != 0 && int64(a.all[n].t) >= from; n = a.all[n].more {
		if int64(a.all[n].t) <= to {
			return true
		}
	}
	return false
}

// dropOld drops the answers of a scope that no attempt can need.
func (a *answers) dropOld(p *progress, watermark int64) {
	for !p.answers.isEmpty() && int64(p.answers.seconds[0].t)+nearby < watermark-a.keep {
		a.remove(p.answers.first(), &p.answers)
	}
}

// evict removes the answer with the least time. Attempts that it may belong to are not judged.
func (a *answers) evict() {
	from := a.order.oldest()
	n := from.first()
	key, t := a.table.Key(a.all[n].key), int64(a.all[n].t)
	if a.remove(n, from); a.table.Find(&key) != 0 {
		a.table.Touch(&key)
	} else {
		a.log.lose(&key)
	}
	a.evicted++
	from.evicted = max(from.evicted, t)
}

// remove removes an answer, and its connection if it has no other.
func (a *answers) remove(n uint32, from *timeOrder) {
	a.order.remove(from, n)
	key := a.all[n].key
	list := a.table.Value(key)
	place := &list.latest
	for *place != n {
		place = &a.all[*place].more
	}
	*place = a.all[n].more
	a.release(n)
	if list.latest == 0 {
		a.table.Drop(key)
	}
}

// release frees an answer that is in no list.
func (a *answers) release(n uint32) {
	a.all[n] = answer{more: a.free}
	a.free = n
	a.count--
}

// releaseAll frees all answers of a list.
func (a *answers) releaseAll(list *answerList) {
	for n := list.latest; n != 0; {
		next := a.all[n].more
		a.release(n)
		n = next
	}
	list.latest = 0
}

// memory implements bounded.
func (a *answers) memory() int64 {
	return a.table.Bytes() + int64(cap(a.all))*int64(unsafe.Sizeof(answer{})) + a.order.bytes()
}
