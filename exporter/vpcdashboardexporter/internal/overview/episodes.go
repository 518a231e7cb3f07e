// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// episodes are the alerts. An Episode does not change once it is in there, another takes its place.
type episodes struct {
	limit   int
	byUID   map[string]*Episode
	evicted uint64
}

// tell notes what is said of an episode, and returns what is known of it now and was before; nil if it is new. What
// comes late of an episode does not undo what was said after it.
func (e *episodes) tell(a *alert.Alert) (last, next *Episode) {
	next = &Episode{Alert: *a, Opened: time.Unix(a.Time, 0).UTC(), Updates: 1}
	next.FirstSeen, next.LastSeen = plausible(a.FirstSeen), plausible(a.LastSeen)
	last = e.byUID[a.UID]
	if last == nil {
		e.byUID[a.UID] = next
		e.makeRoom()
		return nil, next
	}
	if before(&next.Alert, &last.Alert) {
		next.Alert = last.Alert
	}
	if last.Opened.Before(next.Opened) {
		next.Opened = last.Opened
	}
	next.Updates = last.Updates + 1
	e.byUID[a.UID] = next
	return last, next
}

// before tells whether an alert was said before another of its episode. The end of an episode is said last, although its
// time may lie before that of an update.
func before(a, b *alert.Alert) bool {
	if over, is := a.Status == alert.Resolved, b.Status == alert.Resolved; over != is {
		return is
	}
	return a.Time < b.Time
}

// endOfTime is the last second that can be written as a date with a year of four digits.
const endOfTime = 253402300799

// plausible is a time in Unix seconds, or zero if it can not be one.
func plausible(t int64) int64 {
	if t < 0 || t > endOfTime {
		return 0
	}
	return t
}

// makeRoom forgets the oldest, those that are over before those that are not. It makes room for several, so as not to
// look for the oldest each time.
func (e *episodes) makeRoom() {
	if len(e.byUID) <= e.limit {
		return
	}
	all := make([]*Episode, 0, len(e.byUID))
	for _, each := range e.byUID {
		all = append(all, each)
	}
	slices.SortFunc(all, func(a, b *Episode) int {
		if over, is := a.Status == alert.Resolved, b.Status == alert.Resolved; over != is {
			if over {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.UID, b.UID))
	})
	for _, each := range all[:len(all)-e.limit+e.limit/16] {
		delete(e.byUID, each.UID)
		e.evicted++
	}
}

// severityPlace is where a severity stands among the counts from low to critical. None counts as the least.
func severityPlace(severity alert.Severity) int {
	for i, each := range alert.Severities {
		if severity <= each {
			return i
		}
	}
	return len(alert.Severities) - 1
}

// Episode returns the episode with the uid, and whether it is known.
func (s *Store) Episode(uid string) (Episode, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.episodes.byUID[uid]
	if found == nil {
		return Episode{}, false
	}
	return *found, true
}

// Episodes returns those that the query asks for, most recent first, and how many there are in all.
func (s *Store) Episodes(query AlertQuery) (list []Episode, total int) {
	all, since := s.allEpisodes(query.Range)
	all = slices.DeleteFunc(all, func(e *Episode) bool { return e.Time < since || !query.matches(&e.Alert) })
	slices.SortFunc(all, func(a, b *Episode) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.UID, b.UID))
	})
	total = len(all)
	from := min(max(query.Offset, 0), total)
	limit := query.Limit
	if limit <= 0 {
		limit = total
	}
	for _, e := range all[from:min(total, from+min(limit, total))] {
		list = append(list, *e)
	}
	return list, total
}

// allEpisodes gives all that there are, and the event time at which a range begins.
func (s *Store) allEpisodes(length time.Duration) (all []*Episode, since int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = make([]*Episode, 0, len(s.episodes.byUID))
	for _, e := range s.episodes.byUID {
		all = append(all, e)
	}
	if length <= 0 || s.latest == 0 {
		return all, math.MinInt64
	}
	since, _ = s.bounds(length)
	return all, since
}
