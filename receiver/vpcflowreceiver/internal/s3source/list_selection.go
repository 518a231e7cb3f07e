// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// position is a place in the order in which listed objects are read: by time, then by key.
type position struct {
	Time time.Time `json:"time"`
	Key  string    `json:"key,omitempty"`
}

func (p position) compare(q position) int {
	return cmp.Or(p.Time.Compare(q.Time), strings.Compare(p.Key, q.Key))
}

// listedObject is an object found by listing the bucket.
type listedObject struct {
	position
	etag     string
	size     int64
	modified time.Time
}

// selection keeps the first max objects of a range, so that memory is bounded. Objects may be added in any order. It is
// safe for concurrent use.
type selection struct {
	after position
	until time.Time
	max   int
	// relisted means that the same folders were listed before and had more than max objects.
	relisted bool

	mu      sync.Mutex
	objects []listedObject
	// more means that objects after objects[max-1] were left out.
	more bool
}

// add keeps an object unless it is outside the range or max objects are known to precede it.
func (s *selection) add(o listedObject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.compare(s.after) <= 0 || !o.Time.Before(s.until) || s.more && o.compare(s.objects[s.max-1].position) > 0 {
		return
	}
	if s.objects = append(s.objects, o); len(s.objects) >= 2*s.max {
		s.cut()
	}
}

// accepts reports whether add could keep an object with a time in [begin, end).
func (s *selection) accepts(begin, end time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.after.Time.Before(end) && begin.Before(s.until) && (!s.more || !begin.After(s.objects[s.max-1].Time))
}

// sorted returns the objects in order and whether more follow.
func (s *selection) sorted() (_ []listedObject, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut()
	return s.objects, s.more
}

// cut sorts the objects and drops those after the first max. The caller holds mu.
func (s *selection) cut() {
	slices.SortFunc(s.objects, func(a, b listedObject) int { return a.compare(b.position) })
	if len(s.objects) > s.max {
		s.objects, s.more = s.objects[:s.max], true
	}
}
