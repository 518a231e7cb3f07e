// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import "fmt"

// Load restores what Save has stored into an empty Store. get returns the value of a key, or nil. Values that cannot be decoded are
// left out, and returned as errors in bad. An error of get ends it.
func (s *Store) Load(get func(key string) ([]byte, error)) (bad []error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read := func(key string, into any) (found bool) {
		if err != nil {
			return false
		}
		value, failed := get(key)
		switch {
		case failed != nil:
			err = fmt.Errorf("read %s: %w", key, failed)
			return false
		case value == nil:
			return false
		}
		if undecodable := decode(value, into); undecodable != nil {
			bad = append(bad, fmt.Errorf("decode %s: %w", key, undecodable))
			return false
		}
		return true
	}
	var list contents
	if !read(contentsKey, &list) {
		return bad, err
	}
	undecodable := s.health.Undecodable
	if s.health = list.Health; s.health.Undecodable == nil {
		s.health.Undecodable = undecodable
	}
	h := s.history
	for _, start := range list.Days {
		var bins []savedBin
		if read(fmt.Sprintf(dayKey, start), &bins) {
			h.minutes.restore(start, bins)
		}
	}
	for i := range h.rollup.levels {
		l := &h.rollup.levels[i]
		l.from = list.From[i]
		for _, start := range list.Buckets[i] {
			var saved savedBucket
			if read(fmt.Sprintf(bucketKey, l.width, start), &saved) {
				l.buckets[start] = newBucket(h.rollup.limit, &h.rollup.evicted, h.rollup.names)
				l.buckets[start].restore(&saved)
			}
		}
	}
	for slot := range alertSlots {
		var episodes []Episode
		if read(fmt.Sprintf(alertsKey, slot), &episodes) {
			for i := range episodes {
				s.episodes.byUID[episodes[i].UID] = &episodes[i]
			}
		}
	}
	s.episodes.evict()
	h.earliest = list.Earliest
	if list.Latest != 0 {
		h.advance(list.Latest) // drops what is older than the retention
	}
	s.version.Add(1)
	return bad, err
}

// restore sets the minutes of a day.
func (s timeSeries) restore(day int64, bins []savedBin) {
	for i := range bins {
		if m := bins[i].Minute; m >= 0 && m < len(s[day]) {
			*s.at(day + int64(m)*minute) = bins[i].Bin
		}
	}
}
