// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"slices"
	"sort"
	"unsafe"
)

// link is the place of an entry in the order of its scope. Entries of one second form a list by arrival.
type link struct {
	t          uint32 // event time in Unix seconds; 32 bits are enough until 2106
	next, prev uint32 // 0 at the end of the list
}

// timeOrder orders the entries of one scope by time, then by arrival. Flows arrive nearly in order, so that adding and
// removing entries needs no search.
type timeOrder struct {
	deadline          // among the scopes: the time and the arrival of the first entry
	scope    uint32   // its id
	seconds  []second // by time
	evicted  int64    // the greatest time of an evicted entry
}

// never is a time before all flows.
const never = math.MinInt64

// second is the list of the entries of one second.
type second struct{ t, first, last uint32 }

// orders are the orders of all scopes of a table.
type orders struct {
	link    func(n uint32) *link
	arrival func(n uint32) uint64
	scopes  deadlineQueue // of *timeOrder, that with the first entry of all first
	seconds int64         // of all scopes
}

func newTimeOrder(scope uint32) timeOrder {
	return timeOrder{deadline: deadline{place: notQueued}, scope: scope, evicted: never}
}

// first returns the number of the first entry. There must be one.
func (o *timeOrder) first() uint32 { return o.seconds[0].first }

func (o *timeOrder) isEmpty() bool { return len(o.seconds) == 0 }

// find returns the index of the first second that is not before t.
func (o *timeOrder) find(t uint32) int {
	last := len(o.seconds) - 1
	if last < 0 || o.seconds[last].t < t {
		return last + 1
	}
	return sort.Search(last, func(i int) bool { return o.seconds[i].t >= t })
}

// add adds entry n, whose link has the time.
func (o *orders) add(to *timeOrder, n uint32) {
	l := o.link(n)
	at := to.find(l.t)
	if at == len(to.seconds) || to.seconds[at].t != l.t {
		to.seconds = slices.Insert(to.seconds, at, second{t: l.t})
		o.seconds++
	}
	s := &to.seconds[at]
	before := s.last
	for before != 0 && o.arrival(before) > o.arrival(n) {
		before = o.link(before).prev
	}
	l.prev, l.next = before, s.first
	if before != 0 {
		l.next = o.link(before).next
		o.link(before).next = n
	} else {
		s.first = n
	}
	if l.next != 0 {
		o.link(l.next).prev = n
	} else {
		s.last = n
	}
	if to.first() == n {
		o.requeue(to)
	}
}

// remove removes entry n.
func (o *orders) remove(from *timeOrder, n uint32) {
	l := o.link(n)
	at := from.find(l.t)
	s := &from.seconds[at]
	if l.prev != 0 {
		o.link(l.prev).next = l.next
	} else {
		s.first = l.next
	}
	if l.next != 0 {
		o.link(l.next).prev = l.prev
	} else {
		s.last = l.prev
	}
	wasFirst := at == 0 && l.prev == 0
	l.next, l.prev = 0, 0
	if s.first == 0 {
		o.seconds--
		if at == 0 {
			from.seconds = from.seconds[1:]
		} else {
			from.seconds = slices.Delete(from.seconds, at, at+1)
		}
	}
	if wasFirst {
		o.requeue(from)
	}
}

// requeue puts a scope whose first entry has changed at its place.
func (o *orders) requeue(of *timeOrder) {
	if of.isEmpty() {
		o.scopes.remove(&of.deadline)
		return
	}
	of.due, of.number = int64(of.seconds[0].t), o.arrival(of.first())
	if of.place == notQueued {
		o.scopes.add(of)
	} else {
		o.scopes.update(&of.deadline)
	}
}

// oldest returns the scope with the first entry of all. There must be one.
func (o *orders) oldest() *timeOrder { return o.scopes[0].(*timeOrder) }

// clear removes all entries of a scope.
func (o *orders) clear(of *timeOrder) {
	o.seconds -= int64(len(of.seconds))
	of.seconds = nil
	o.requeue(of)
}

// bytes returns the memory of the orders.
func (o *orders) bytes() int64 { return o.seconds * int64(unsafe.Sizeof(second{})) }
