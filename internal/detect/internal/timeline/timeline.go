// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"slices"
)

// value is what a distinct rule counts: an address, ports, or both, the unused parts zero.
type value struct {
	addr [16]byte
	a, b uint16
}

// sighting is one distinct value with the latest time it was seen, and that flow's size.
type sighting struct {
	t              int64
	value          value
	packets, bytes uint64
}

// timeline keeps, for one key of a distinct rule, one sighting for each value, in order of time.
// The zero timeline is empty and ready.
type timeline struct {
	seen []sighting
	// when finds the time of a value once the timeline is too long for a look through all of it.
	when map[value]int64
	// lost is the latest time of a sighting that had to go because the timeline was full, 0 when none had.
	lost int64
}

// searchable is the length up to which looking through a timeline costs less than a map.
const searchable = 24

// add enters a sighting. A value seen before moves to the later of both times. Sightings older than keep before
// the newest are dropped, and the oldest when there are more than limit.
func (l *timeline) add(s sighting, keep int64, limit int) {
	if i := l.find(s.value); i >= 0 {
		if l.seen[i].t > s.t {
			return
		}
		l.seen = slices.Delete(l.seen, i, i+1)
	}
	at := len(l.seen)
	for at > 0 && l.seen[at-1].t > s.t {
		at--
	}
	l.seen = slices.Insert(l.seen, at, s)
	if l.when != nil {
		l.when[s.value] = s.t
	}
	oldest := l.seen[len(l.seen)-1].t - keep
	for l.seen[0].t < oldest {
		l.shift()
	}
	if len(l.seen) > limit {
		l.lost = max(l.lost, l.seen[0].t)
		l.shift()
	}
	l.search()
}

// search has the values of a long timeline found by a map.
func (l *timeline) search() {
	if l.when == nil && len(l.seen) > searchable {
		l.when = make(map[value]int64, 2*len(l.seen))
		for i := range l.seen {
			l.when[l.seen[i].value] = l.seen[i].t
		}
	}
}

func (l *timeline) shift() {
	if l.when != nil {
		delete(l.when, l.seen[0].value)
	}
	l.seen = l.seen[1:]
}

// find returns where v stands, or -1.
func (l *timeline) find(v value) int {
	if l.when == nil {
		return slices.IndexFunc(l.seen, func(s sighting) bool { return s.value == v })
	}
	t, ok := l.when[v]
	if !ok {
		return -1
	}
	i := l.since(t)
	for l.seen[i].value != v {
		i++
	}
	return i
}

// since returns the place of the first sighting at or after t.
func (l *timeline) since(t int64) int {
	i, _ := slices.BinarySearchFunc(l.seen, t, func(s sighting, t int64) int { return cmp.Compare(s.t, t) })
	return i
}

// best returns the sightings of the fullest window (e - window, e] that contains t, where e is the time of a sighting;
// the earliest of equals. It is empty when no window contains t.
func (l *timeline) best(t, window int64) []sighting {
	var best []sighting
	from := l.since(t - window + 1)
	for end := max(l.since(t), from); end < len(l.seen) && l.seen[end].t < t+window; end++ {
		for l.seen[from].t <= l.seen[end].t-window {
			from++
		}
		if end+1-from > len(best) {
			best = l.seen[from : end+1]
		}
	}
	return best
}

// upTo returns the sightings in (t - window, t].
func (l *timeline) upTo(t, window int64) []sighting {
	return l.seen[l.since(t-window+1):l.since(t+1)]
}

// floor tells whether a count of the window is a floor, because the timeline was full and had to let go of some of it.
func (l *timeline) floor(seen []sighting, window int64) bool {
	return l.lost != 0 && l.lost > seen[len(seen)-1].t-window
}
