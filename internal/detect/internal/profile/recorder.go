// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package profile records the highest measure of each key and summarizes how these maxima are distributed.
package profile

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// Recorder keeps the highest measure of each key, separate from the state of the rule. When there are too many keys,
// the least recently touched one moves to a histogram, whose buckets are one eighth of a power of two wide. If that key
// comes back, it counts as another key. A Recorder is not safe for concurrent use.
type Recorder struct {
	table     *lru.Table[maximum]
	histogram [numBuckets]int64
	top       []Ranked
}

// maximum is the highest measure of a key so far. known distinguishes a measure of 0 from none.
type maximum struct {
	value int64
	known bool
}

// Ranked is a key with its highest measure.
type Ranked struct {
	Key     lru.Key
	Measure int64
}

// maxTop is the number of keys with the highest measures that a Recorder returns.
const maxTop = 10

// NewRecorder returns a Recorder that keeps exact measures for at most limit keys.
func NewRecorder(limit int) *Recorder {
	r := &Recorder{table: lru.New[maximum](limit)}
	r.table.Dropped = func(n uint32, evicted *maximum) {
		r.histogram[bucket(evicted.value)]++
		r.top = insertRanked(r.top, Ranked{r.table.Key(n), evicted.value})
	}
	return r
}

// Raise raises the maximum of a key to measure(), if that is higher. bound is an upper bound of the measure that is
// cheap to compute. If it does not exceed the maximum, measure is not called.
func (r *Recorder) Raise(k *lru.Key, bound int64, measure func() int64) {
	at, _ := r.table.Touch(k)
	if !at.known || bound > at.value {
		at.value, at.known = max(at.value, measure()), true
	}
}

// Summarize returns the distribution of the maxima of all keys so far. No key must be in two recorders. It takes time in
// proportion to the number of keys.
func Summarize(recorders ...*Recorder) (s Summary) {
	counts := map[int64]int64{}
	for _, r := range recorders {
		for _, ranked := range r.top {
			s.Top = insertRanked(s.Top, ranked)
		}
		for bucket, n := range r.histogram {
			if n > 0 {
				counts[lowest(bucket)] += n
				s.Approximate += n
			}
		}
		for n := r.table.Oldest(); n != 0; n = r.table.NewerThan(n) {
			measure := r.table.Value(n).value
			counts[measure]++
			s.Top = insertRanked(s.Top, Ranked{r.table.Key(n), measure})
		}
	}
	for measure, keys := range counts {
		s.counts = append(s.counts, count{measure, keys})
		s.Keys += keys
	}
	slices.SortFunc(s.counts, compareCounts)
	return s
}

// insertRanked inserts a key into the list of the highest measures, if it is one of them. Keys with equal measures stay
// in the order of insertion.
func insertRanked(top []Ranked, r Ranked) []Ranked {
	at := len(top)
	for at > 0 && top[at-1].Measure < r.Measure {
		at--
	}
	if at == maxTop {
		return top
	}
	top = slices.Insert(top, at, r)
	return top[:min(len(top), maxTop)]
}
