// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

// Short is like a Timeline, but needs no allocation for the first entry. The zero Short is empty and ready to use.
type Short struct {
	single Single
	long   *Timeline // nil until there are several entries; single is empty then
}

// Len returns the number of entries.
func (s *Short) Len() int { return len(s.entries()) }

// Newest returns the time of the newest entry, or 0 if there is none.
func (s *Short) Newest() int64 {
	if s.long == nil {
		return s.single.Newest()
	}
	return s.long.Newest()
}

// Add is like [Timeline.Add].
func (s *Short) Add(e *Entry, keep int64, limit int) {
	if s.long == nil {
		if s.single.Add(e, keep) {
			return
		}
		long := s.single.Timeline()
		s.single, s.long = Single{}, &long
	}
	s.long.Add(e, keep, limit)
}

// WindowUpTo returns the entries in (t - window, t].
func (s *Short) WindowUpTo(t, window int64) []Entry { return windowUpTo(s.entries(), t, window) }

// IsLowerBound is like [Timeline.IsLowerBound].
func (s *Short) IsLowerBound(entries []Entry, window int64) bool {
	return s.long != nil && s.long.IsLowerBound(entries, window)
}

func (s *Short) entries() []Entry {
	if s.long == nil {
		return s.single.entries()
	}
	return s.long.entries()
}

// Encode appends the timeline to e in the format of a Timeline.
func (s *Short) Encode(e *encode.Encoder) {
	if s.long == nil {
		s.single.Encode(e)
		return
	}
	s.long.Encode(e)
}

// Decode is like [Timeline.Decode].
func (s *Short) Decode(d *encode.Decoder, counted Parts, limit int) {
	var long Timeline
	long.Decode(d, counted, limit)
	single, ok := long.Single()
	if ok {
		s.single = single
		return
	}
	s.long = &long
}
