// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
)

// standing is where an object stands in the order in which objects are read: that of their time, and of their keys where
// that is the same.
type standing struct {
	Time time.Time `json:"time"`
	Key  string    `json:"key,omitempty"`
}

func (p standing) compare(q standing) int {
	return cmp.Or(p.Time.Compare(q.Time), strings.Compare(p.Key, q.Key))
}

// listed is an object as the bucket lists it.
type listed struct {
	standing
	etag string
	size int64
	// put is when it was last modified.
	put time.Time
}

// selection keeps, of the objects that are added, those of a range that come first: so that the memory it takes is
// bounded however many there are. It may be used concurrently.
type selection struct {
	after standing
	until time.Time
	max   int
	// again says that the same objects have been listed before, and had not all been kept.
	again bool

	mu      sync.Mutex
	objects []listed
	// more says that objects were left out: all of them come behind the one at max-1.
	more bool
}

// add keeps an object, unless it is not in the range or enough are known to come before it.
func (s *selection) add(o listed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.compare(s.after) <= 0 || !o.Time.Before(s.until) || s.more && o.compare(s.objects[s.max-1].standing) > 0 {
		return
	}
	if s.objects = append(s.objects, o); len(s.objects) >= 2*s.max {
		s.cut()
	}
}

// wants says whether objects of the time from begin to end, which is not in it, can be kept.
func (s *selection) wants(begin, end time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.after.Time.Before(end) && begin.Before(s.until) && (!s.more || !begin.After(s.objects[s.max-1].Time))
}

// take gives the objects in their order, and says whether others come behind them.
func (s *selection) take() (_ []listed, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cut()
	return s.objects, s.more
}

func (s *selection) cut() {
	slices.SortFunc(s.objects, func(a, b listed) int { return a.compare(b.standing) })
	if len(s.objects) > s.max {
		s.objects, s.more = s.objects[:s.max], true
	}
}
