// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package silence finds sources of flow logs that used to log and have stopped. It measures time by the collector's clock.
package silence

import (
	"cmp"
	"slices"
)

// Key is a scope and, where the records have it, one of its VPCs.
type Key struct{ Scope, VPC string }

// Change is the beginning or the end of a silence.
type Change struct {
	Key
	// Opened is the clock at which the silence was reported, in Unix seconds. Last is the clock of the last record before it.
	Opened, Last int64
	// Ended says that a record has arrived again.
	Ended bool
}

// Tracker tracks when records arrive. All times are in Unix seconds. It is not safe for concurrent use.
type Tracker struct {
	silence int64 // seconds without a record
	limit   int   // of keys; the one that is silent for longest is evicted
	started int64
	others  int64 // the clock of the last live record of other trackers
	keys    map[Key]*state
	changed bool // since the last call of Save
	// LastLive is the clock of the last live record since the start, or zero.
	LastLive int64
	// Evicted is the number of evicted keys.
	Evicted int64
}

// state is what is known about a key.
type state struct {
	Newest int64  // the greatest time of its records
	Last   int64  // the clock of its last record
	Hour   int64  // the hour of the clock of its last record
	Live   uint32 // a bit for each of the 24 hours up to Hour, the lowest for Hour; set if the key was live
	Opened int64  // the clock at which its silence was reported; zero if it is not silent
}

const (
	hours        = 24 // of the clock that decide whether a key is regular
	regularHours = 20 // of them in which a regular key was live
	recent       = 10 * 60
)

// New returns a tracker that starts at a time of the clock. silence is in seconds.
func New(silence int64, limit int, now int64) *Tracker {
	return &Tracker{silence: silence, limit: limit, started: now, keys: map[Key]*state{}}
}

// Observe notes a record of a key, of any kind, with its time. It returns the end of a silence.
func (t *Tracker) Observe(k Key, recordTime, now int64) (ended Change, found bool) {
	s := t.keys[k]
	if s == nil {
		t.evict()
		s = &state{Newest: recordTime, Hour: now / 3600}
		t.keys[k] = s
	}
	before := s.Last
	s.Newest, s.Last, t.changed = max(s.Newest, recordTime), now, true
	if hour := now / 3600; hour > s.Hour {
		s.Live <<= min(uint64(hour-s.Hour), hours)
		s.Live &= 1<<hours - 1
		s.Hour = hour
	}
	if now-s.Newest < t.silence {
		s.Live |= 1
		t.LastLive = now
	}
	if s.Opened == 0 {
		return Change{}, false
	}
	ended = Change{Key: k, Opened: s.Opened, Last: before, Ended: true}
	s.Opened = 0
	return ended, true
}

// Check returns the keys whose silence has begun, in order. It returns none while no other key has records, because the
// input is the more likely cause then.
func (t *Tracker) Check(now int64) (silent []Change) {
	if t.LastLive == 0 && t.others == 0 {
		return nil
	}
	for k, s := range t.keys {
		if s.Opened == 0 && s.isRegular() && now-max(s.Last, t.started) >= t.silence && t.otherIsRecent(k, now) {
			s.Opened, t.changed = now, true
			silent = append(silent, Change{Key: k, Opened: now, Last: s.Last})
		}
	}
	slices.SortFunc(silent, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.VPC, b.VPC))
	})
	return silent
}

// NoteOthers notes the clock of the last live record that other trackers of the same collector have observed.
func (t *Tracker) NoteOthers(lastLive int64) { t.others = max(t.others, lastLive) }

// NothingArrives reports whether a regular key exists, and no key has had a record for the length of a silence.
func (t *Tracker) NothingArrives(now int64) bool {
	if t.others > 0 && now-t.others < t.silence {
		return false
	}
	hasRegular := false
	for _, s := range t.keys {
		if now-max(s.Last, t.started) < t.silence {
			return false
		}
		hasRegular = hasRegular || s.isRegular()
	}
	return hasRegular
}

// Len returns the number of keys.
func (t *Tracker) Len() int { return len(t.keys) }

// Changed reports whether the state has changed since the last call of Save.
func (t *Tracker) Changed() bool { return t.changed }

// isRegular reports whether the key was live in enough of the hours up to its last record.
func (s *state) isRegular() bool {
	n := 0
	for live := s.Live; live != 0; live &= live - 1 {
		n++
	}
	return n >= regularHours
}

// otherIsRecent reports whether another key has had a record a short time ago, since the start.
func (t *Tracker) otherIsRecent(k Key, now int64) bool {
	if t.others > 0 && now-t.others <= recent {
		return true
	}
	for other, s := range t.keys {
		if other != k && s.Last >= t.started && now-s.Last <= recent {
			return true
		}
	}
	return false
}

// evict makes room for a key if there are too many.
func (t *Tracker) evict() {
	if len(t.keys) < t.limit {
		return
	}
	var oldest Key
	first := true
	for k, s := range t.keys {
		if first || s.Last < t.keys[oldest].Last {
			oldest, first = k, false
		}
	}
	delete(t.keys, oldest)
	t.Evicted++
}
