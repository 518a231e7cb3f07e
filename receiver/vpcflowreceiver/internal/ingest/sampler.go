// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"sync"
	"time"
)

// sampleInterval is how often, at most, something is logged that can happen to every line or batch.
const sampleInterval = 10 * time.Second

// sampler lets one message pass per sampleInterval.
type sampler struct {
	mu   sync.Mutex
	last time.Time
	held int64
}

// pass adds n to what has happened, and says whether to log it now, and how much has happened since it last said so.
func (s *sampler) pass(now time.Time, n int64) (since int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held += n
	if !s.last.IsZero() && now.Sub(s.last) < sampleInterval {
		return 0, false
	}
	since, s.held, s.last = s.held, 0, now
	return since, true
}
