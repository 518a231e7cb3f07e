// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"container/heap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// episode is a stretch of time in which a key's condition keeps holding: one alert when it opens, hardly any after.
type episode struct {
	opened      int64 // event time of the first hold
	lastHold    int64 // greatest event time of a hold
	lastTold    int64 // event time of the last alert
	lastMeasure int64 // measure of the last alert
	severity    alert.Severity

	// Rules that fire on each flow measure the episode itself.
	flows          int64
	packets, bytes uint64
	first          int64
	reached        bool // one of the flows was accepted

	// With emit_resolved, and only then, an episode waits for its end in the scope's queue.
	rule   *base
	scope  *scope
	last   *alert.Alert
	place  int      // in the queue
	due    int64    // the watermark at which the end is looked at
	number uint64   // orders equals
	older  *episode // of the same key, not ended yet when this one opened
}

const notQueued = -1

// at returns the episode of the slot to which a hold at t belongs, a new one when it is none of the present one.
func (b *base) at(slot **episode, t int64) (ep *episode, opened bool) {
	if ep = *slot; ep != nil && t <= ep.lastHold+b.quiet {
		ep.lastHold = max(ep.lastHold, t)
		return ep, false
	}
	ep = &episode{opened: t, lastHold: t, first: t, place: notQueued}
	if old := *slot; old != nil && old.waiting() {
		ep.older = old
	}
	*slot = ep
	return ep, true
}

// judge tells what is to be said about a hold at t: that the episode opened, that it grew tenfold, got graver or has
// gone on for long, or nothing, which is counted.
func (b *base) judge(ep *episode, opened bool, t, measure int64, severity alert.Severity) alert.Status {
	status := alert.Updated
	switch {
	case opened:
		status = alert.Opened
	case measure/10 >= ep.lastMeasure, severity > ep.severity, t >= ep.lastTold+b.engine.repeat:
	default:
		b.stats.Suppressed[OpenEpisode]++
		return ""
	}
	ep.lastTold, ep.lastMeasure, ep.severity = t, measure, max(severity, ep.severity)
	return status
}

// tell emits an alert of an episode, and has the episode's end told too where that is wanted.
func (b *base) tell(ev *Event, ep *episode, a *alert.Alert) {
	b.engine.tell(b, a)
	if !b.engine.emitResolved {
		return
	}
	if ep.last == nil {
		ep.rule, ep.scope = b, ev.scope
		b.engine.episodes++
		ep.number = b.engine.episodes
		ep.due = b.dueAt(ep)
		ev.scope.due.enter(ep)
	}
	ep.last = a
}

// dueAt is the watermark beyond which no flow in time can belong to the episode.
func (b *base) dueAt(ep *episode) int64 { return ep.lastHold + b.quiet + b.engine.lateness }

func (ep *episode) waiting() bool {
	return ep.place != notQueued || ep.older != nil && ep.older.waiting()
}

// forget takes the episode and older ones of its key out of the queue: what is forgotten does not end.
func (ep *episode) forget() {
	for ; ep != nil; ep = ep.older {
		if ep.place != notQueued {
			heap.Remove(&ep.scope.due, ep.place)
		}
	}
}

// resolve tells the end of the scope's episodes that its watermark has passed.
func (e *Engine) resolve(s *scope) {
	for len(s.due) > 0 && s.due[0].due < s.watermark {
		ep := s.due[0]
		if due := ep.rule.dueAt(ep); due > ep.due {
			ep.due = due
			heap.Fix(&s.due, 0)
			continue
		}
		heap.Pop(&s.due)
		end := *ep.last
		end.Status = alert.Resolved
		end.Time = ep.lastHold
		end.Body = "Resolved: " + end.Body
		e.tell(ep.rule, &end)
		ep.older = nil
	}
}

// resolveQueue is a heap of episodes by the watermark at which they are due.
type resolveQueue []*episode

func (q resolveQueue) Len() int { return len(q) }
func (q resolveQueue) Less(i, j int) bool {
	return q[i].due < q[j].due || q[i].due == q[j].due && q[i].number < q[j].number
}

func (q resolveQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i, j
}

// enter puts an episode into the queue.
func (q *resolveQueue) enter(ep *episode) { heap.Push(q, ep) }

func (q *resolveQueue) Push(x any) {
	ep := x.(*episode)
	ep.place = len(*q)
	*q = append(*q, ep)
}

func (q *resolveQueue) Pop() any {
	last := len(*q) - 1
	ep := (*q)[last]
	ep.place = notQueued
	(*q)[last] = nil
	*q = (*q)[:last]
	return ep
}
