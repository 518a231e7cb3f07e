// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "math"

// progress is what a shard keeps of a scope: its watermark at the current event, and the episodes that wait for their end.
type progress struct {
	watermark int64
	due       deadlineQueue // episodes
	panes     deadlineQueue // of a flood, by the key of the pane that is judged next
	waiting   timeOrder     // attempts
	answers   timeOrder
}

// progressByScope finds the progress of a scope by its id.
type progressByScope struct {
	byID   map[uint32]*progress
	last   *progress // of lastID
	lastID uint32
}

// of returns the progress of a scope. A new one has the watermark math.MinInt64.
func (p *progressByScope) of(id uint32) *progress {
	if found := p.find(id); found != nil {
		return found
	}
	if p.byID == nil {
		p.byID = map[uint32]*progress{}
	}
	created := &progress{watermark: math.MinInt64, waiting: newTimeOrder(id), answers: newTimeOrder(id)}
	p.byID[id], p.last, p.lastID = created, created, id
	return created
}

// find returns the progress of a scope, or nil if the scope is not known.
func (p *progressByScope) find(id uint32) *progress {
	if p.last == nil || p.lastID != id {
		found := p.byID[id]
		if found == nil {
			return nil
		}
		p.last, p.lastID = found, id
	}
	return p.last
}

// dropEvicted drops the progress of scopes that were evicted. Their episodes are never resolved.
func (p *progressByScope) dropEvicted(s *scopes) {
	for id := range p.byID {
		if s.byID[id] == nil {
			delete(p.byID, id)
		}
	}
	p.last, p.lastID = nil, 0
}
