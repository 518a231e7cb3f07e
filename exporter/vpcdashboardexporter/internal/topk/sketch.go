// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "slices"

// heavy follows the heaviest keys of a stream, by three measures at once, in memory for a given number of keys. It is the
// Space-Saving algorithm (Metwally, Agrawal and El Abbadi, 2005), which takes the place of the lightest key for each new
// one, with two changes: it makes room for many keys at a time, and a key stays that is heavy by any of the measures.
//
// A key that is not followed may have had up to the floor. So a key that comes (again) may have had that before: what is
// true lies between what was counted, and that and what may have been missed. The floor is at most the stream's total
// by the k+1, where k is a quarter of the number of keys, and it is zero as long as all keys have found room.
//
// Why: call what a followed key may have beyond the floor its excess. The sum of all excesses grows by what is added to the
// stream, and each time that the floor rises by d, at least k+1 keys lose d of theirs. Merging adds both floors and both
// sums, and so keeps that (Agarwal et al., Mergeable Summaries, 2012).
type heavy[K comparable] struct {
	limit   int // how many keys are followed at most
	index   map[K]int32
	entries []tally[K]
	last    int32 // where the key was that came last: many come several times in a row
	floor   amount
	evicted *uint64 // counts keys that made room
}

// tally is what is known of a key.
type tally[K comparable] struct {
	key     K
	counted Sums   // since the key is followed
	missed  amount // at most this was before
}

// upper is the most that the key may have.
func (t *tally[K]) upper() amount {
	most := t.counted.amount()
	most.add(&t.missed)
	return most
}

func newHeavy[K comparable](limit int, evicted *uint64) heavy[K] {
	return heavy[K]{limit: limit, index: map[K]int32{}, evicted: evicted}
}

// add counts sums for a key, which must not alias what will not stay.
func (h *heavy[K]) add(key K, sums *Sums) {
	if !h.addFollowed(key, sums) {
		h.follow(key, sums, h.floor)
	}
}

// addFollowed counts sums for a key if it is followed.
func (h *heavy[K]) addFollowed(key K, sums *Sums) bool {
	if int(h.last) >= len(h.entries) || h.entries[h.last].key != key {
		i, ok := h.index[key]
		if !ok {
			return false
		}
		h.last = i
	}
	h.entries[h.last].counted.add(sums)
	return true
}

// follow takes up a key that is not followed.
func (h *heavy[K]) follow(key K, sums *Sums, missed amount) {
	if len(h.entries) >= h.limit {
		h.makeRoom()
	}
	h.append(tally[K]{key, *sums, missed})
}

func (h *heavy[K]) append(t tally[K]) {
	h.index[t.key] = int32(len(h.entries))
	h.entries = append(h.entries, t)
}

// makeRoom raises the floor to what the (k+1)-th heaviest key has, by each measure, and lets go of all keys that are
// beyond it by none. So at most k keys stay for each measure: three quarters of the limit.
func (h *heavy[K]) makeRoom() {
	keep := h.limit / 4
	values := make([]uint64, len(h.entries))
	for m := range h.floor {
		for i := range h.entries {
			values[i] = h.entries[i].upper()[m]
		}
		h.floor[m] = max(h.floor[m], nthGreatest(values, keep))
	}
	all := len(h.entries)
	h.entries = slices.DeleteFunc(h.entries, func(t tally[K]) bool { return !beyond(t.upper(), h.floor) })
	*h.evicted += uint64(all - len(h.entries))
	clear(h.index)
	for i := range h.entries {
		h.index[h.entries[i].key] = int32(i)
	}
}

func beyond(a, floor amount) bool {
	for m := range a {
		if a[m] > floor[m] {
			return true
		}
	}
	return false
}

// merge adds what another one has counted, of another part of the stream.
func (h *heavy[K]) merge(other *heavy[K]) {
	for i := range h.entries {
		t := &h.entries[i]
		if j, ok := other.index[t.key]; ok {
			t.counted.add(&other.entries[j].counted)
			t.missed.add(&other.entries[j].missed)
		} else {
			t.missed.add(&other.floor)
		}
	}
	before := h.floor
	h.floor.add(&other.floor)
	for _, t := range other.entries {
		if _, ok := h.index[t.key]; !ok {
			t.missed.add(&before)
			h.append(t)
		}
	}
	if len(h.entries) > h.limit {
		h.makeRoom()
	}
}
