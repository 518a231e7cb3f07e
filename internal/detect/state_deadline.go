// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "container/heap"

// deadline is embedded in the elements of a deadlineQueue.
type deadline struct {
	due    int64  // the watermark at which it is checked
	number uint64 // orders equal deadlines
	place  int    // index in the queue, or notQueued
}

const notQueued = -1

func (d *deadline) entry() *deadline { return d }

// queued is an element of a deadlineQueue.
type queued interface{ entry() *deadline }

// deadlineQueue is a heap of elements by their deadline, earliest first.
type deadlineQueue []queued

func (q *deadlineQueue) add(e queued)       { heap.Push(q, e) }
func (q *deadlineQueue) update(d *deadline) { heap.Fix(q, d.place) }

// remove removes the element of a deadline, if it is in the queue.
func (q *deadlineQueue) remove(d *deadline) {
	if d.place != notQueued {
		heap.Remove(q, d.place)
	}
}

// Len implements heap.Interface, as do the following methods.
func (q deadlineQueue) Len() int { return len(q) }

func (q deadlineQueue) Less(i, j int) bool {
	a, b := q[i].entry(), q[j].entry()
	return a.due < b.due || a.due == b.due && a.number < b.number
}

func (q deadlineQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].entry().place, q[j].entry().place = i, j
}

func (q *deadlineQueue) Push(x any) {
	e := x.(queued)
	e.entry().place = len(*q)
	*q = append(*q, e)
}

func (q *deadlineQueue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	e.entry().place = notQueued
	(*q)[last] = nil
	*q = (*q)[:last]
	return e
}
