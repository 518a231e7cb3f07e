// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "iter"

// rollup counts the heaviest keys in intervals that become longer with age: minutes, ten minutes, hours and days. Each flow is
// counted in one interval. The counts of an aged interval are merged into a longer one.
type rollup struct {
	limit   int // of keys in a sketch
	names   interner
	evicted evictions
	levels  [len(levelWidths)]level
}

// level holds the intervals of one width by their start.
type level struct {
	width   int64
	from    int64 // earlier times belong to the next level
	buckets map[int64]*bucket
}

// levelWidths are the interval widths in seconds. Each is a multiple of the previous one.
var levelWidths = [...]int64{minute, 10 * minute, hour, day}

// levelReaches are the minimum ages, in seconds, that each level but the last covers: one hour of minutes, six hours of
// ten minutes, and 24 hours of hours. One interval is added because the start of a range is aligned to intervals.
var levelReaches = [...]int64{hour, 6*hour + 10*minute, 25 * hour}

func newRollup(limit int) *rollup {
	r := &rollup{limit: limit, names: interner{}}
	for i, width := range levelWidths {
		r.levels[i] = level{width: width, buckets: map[int64]*bucket{}}
	}
	return r
}

// advance moves aged intervals to the next level, and deletes days before the oldest.
func (r *rollup) advance(latest, oldest int64, u *unsaved) {
	for i := range levelReaches {
		fine, coarse := &r.levels[i], &r.levels[i+1]
		from := alignDown(latest-levelReaches[i], coarse.width)
		if from == fine.from {
			continue
		}
		fine.from = from
		for start, b := range fine.buckets {
			if start < from {
				coarse.merge(start, b)
				delete(fine.buckets, start)
				u.removeBucket(fine.width, start)
			}
		}
	}
	last := &r.levels[len(r.levels)-1]
	last.from = oldest
	for start := range last.buckets {
		if start < oldest {
			delete(last.buckets, start)
			u.removeBucket(last.width, start)
		}
	}
}

// at returns the bucket of the interval that contains t.
func (r *rollup) at(t int64) *bucket {
	l := r.levelOf(t)
	start := alignDown(t, l.width)
	found := l.buckets[start]
	if found == nil {
		found = newBucket(r.limit, &r.evicted, r.names)
		l.buckets[start] = found
	}
	return found
}

// levelOf returns the level of a time.
func (r *rollup) levelOf(t int64) *level {
	for i := range r.levels {
		if t >= r.levels[i].from {
			return &r.levels[i]
		}
	}
	return &r.levels[len(r.levels)-1]
}

// since returns the buckets of all intervals that end after a time.
func (r *rollup) since(from int64) iter.Seq[*bucket] {
	return func(yield func(*bucket) bool) {
		for i := range r.levels {
			l := &r.levels[i]
			for start, b := range l.buckets {
				if start+l.width > from && !yield(b) {
					return
				}
			}
		}
	}
}

// merge adds a shorter interval to the one that contains it.
func (l *level) merge(start int64, part *bucket) {
	start = alignDown(start, l.width)
	if whole := l.buckets[start]; whole != nil {
		whole.merge(part)
	} else {
		part.isChanged = true // it is stored under another key
		l.buckets[start] = part
	}
}
