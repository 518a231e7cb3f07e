// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"sync"
	"sync/atomic"
	"time"
)

// summaryCache caches the last summary of each range, so that many readers cost no more than one. A summary is out of date for
// at most reuseFactor times as long as it took to build. While one reader builds the next summary, the others get the last.
type summaryCache struct {
	now     func() time.Time
	mu      sync.Mutex
	byRange map[time.Duration]*cacheSlot
}

// cacheSlot holds the last summary of one range.
type cacheSlot struct {
	building sync.Mutex // held while the next summary is built
	last     atomic.Pointer[cachedSummary]
}

type cachedSummary struct {
	*summary
	version uint64 // of the store
	built   time.Time
	cost    time.Duration
}

const (
	// maxRanges bounds the number of cached ranges.
	maxRanges = 16
	// reuseFactor bounds the cost of summaries: a summary that took t to build is reused for reuseFactor times t, even if
	// there is new data.
	reuseFactor = 50
)

// get returns a summary of the range. It calls build if the cached summary has expired. The function build returns
// the summary and the version of the store from which it was built.
func (c *summaryCache) get(length time.Duration, version func() uint64, build func() (*summary, uint64)) *summary {
	slot := c.slot(length)
	last := slot.last.Load()
	switch {
	case last == nil:
		slot.building.Lock()
	case last.version == version() || c.now().Before(last.built.Add(reuseFactor*last.cost)) || !slot.building.TryLock():
		return last.summary
	}
	defer slot.building.Unlock()
	if newer := slot.last.Load(); newer != last {
		return newer.summary // another reader has just built it
	}
	started := c.now()
	next, builtFrom := build()
	ended := c.now()
	slot.last.Store(&cachedSummary{next, builtFrom, ended, ended.Sub(started)})
	return next
}

func (c *summaryCache) slot(length time.Duration) *cacheSlot {
	c.mu.Lock()
	defer c.mu.Unlock()
	slot := c.byRange[length]
	if slot == nil {
		if c.byRange == nil || len(c.byRange) >= maxRanges {
			c.byRange = map[time.Duration]*cacheSlot{}
		}
		slot = &cacheSlot{}
		c.byRange[length] = slot
	}
	return slot
}
