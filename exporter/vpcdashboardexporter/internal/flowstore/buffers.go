// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	secondsPerHour = 3600
	// maxOpen bounds the hours with flows in memory. Flows with random times cannot open more. It exceeds the default
	// retention, so that reading old logs does not write a part for a few flows.
	maxOpen = 256
	// maxBuffered bounds the flows in buffers, about 112 bytes each.
	maxBuffered = 3 * partRows
	// maxFuture is how far ahead of the clock a flow may be, in seconds.
	maxFuture = 600
	// year2010 is a time before the first flow log, in Unix seconds.
	year2010 = 1262304000
	// maxName bounds each id, in bytes.
	maxName = 256
)

// buffers hold the flows in memory, by hour.
type buffers struct {
	open map[int64]*buffer
	rows int
	// latest is the latest event time, in Unix seconds.
	latest int64
	opened uint64 // number of buffers so far
	due    uint64 // buffers up to this one are to be written
}

// check returns the reason if a flow cannot be stored. It also advances the latest event time.
func (b *buffers) check(f *flow.Flow, now int64, retention time.Duration) Reason {
	switch {
	case f.Status != flow.StatusOK:
		return NoTraffic
	case f.Hop:
		return Hop
	case f.Time > now+maxFuture:
		return InFuture
	case f.Time < year2010 || f.Time/secondsPerHour < oldestHour(b.latest, retention):
		return TooOld
	case nameTooLong(f):
		return NameTooLong
	}
	b.latest = max(b.latest, f.Time)
	return ""
}

// oldestHour returns the first hour of the retention.
func oldestHour(latest int64, retention time.Duration) int64 {
	return (latest - int64(retention/time.Second)) / secondsPerHour
}

func nameTooLong(f *flow.Flow) bool {
	return len(f.Account) > maxName || len(f.Region) > maxName || len(f.VPC) > maxName || len(f.Subnet) > maxName ||
		len(f.Interface) > maxName || len(f.Instance) > maxName || len(f.Zone) > maxName
}

// excess returns a buffer that must be written before another flow is added, or nil. The flow may be the first of its hour.
func (b *buffers) excess(first bool) *buffer {
	switch {
	case first && len(b.open) >= maxOpen:
		return b.oldestFirst()[0]
	case b.rows >= maxBuffered:
		return slices.MaxFunc(slices.Collect(maps.Values(b.open)), func(x, y *buffer) int { return cmp.Compare(len(x.entries), len(y.entries)) })
	}
	return nil
}

// start opens the buffer of an hour.
func (b *buffers) start(hour int64) *buffer {
	b.opened++
	opened := &buffer{hour: hour, number: b.opened, index: map[names]uint32{}}
	b.open[hour] = opened
	return opened
}

func (b *buffers) remove(old *buffer) {
	delete(b.open, old.hour)
	b.rows -= len(old.entries)
}

// oldestFirst returns the buffers in the order in which they were opened.
func (b *buffers) oldestFirst() []*buffer {
	return slices.SortedFunc(maps.Values(b.open), func(x, y *buffer) int { return cmp.Compare(x.number, y.number) })
}
