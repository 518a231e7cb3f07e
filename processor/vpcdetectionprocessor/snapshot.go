// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"maps"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// snapshot holds the values of all metrics at one time.
type snapshot struct {
	totals
	now         time.Time
	untimely    map[string]detect.Untimely
	pending     int64
	lists       []*threatlist.Feed
	names       int64
	silentInput int64 // 1 if no records arrive
	badNames    map[inventory.Kind]int64
	fenced      int64
	partitions  []partitionStats
}

// totals are sums over shards.
type totals struct {
	stats   detect.Stats
	skipped map[string]int64
	saves   saveCounts
	lost    int64
}

// partitionStats are the numbers of a partition.
type partitionStats struct {
	partitionID
	flows, keys, memory int64
	saved               int64 // the offset in the storage; -1 if unknown
	restored            time.Duration
}

// add adds the numbers of a shard, and returns its statistics. The caller holds the lock of its engine.
func (t *totals) add(s *shard) detect.Stats {
	stats := s.stats()
	t.stats.Add(&stats)
	if t.skipped == nil {
		t.skipped = map[string]int64{}
	}
	for reason, n := range s.engine.skipped {
		t.skipped[reason] += n
	}
	saves := s.checkpoints.counts
	t.saves.saved += saves.saved
	t.saves.failed += saves.failed
	t.saves.bytes += saves.bytes
	_, lost := s.queue.counts()
	t.lost += lost
	return stats
}

// past returns the totals that remain when the shards are closed.
func (t *totals) past() totals {
	past := *t
	past.stats, past.skipped = t.stats.Totals(), maps.Clone(t.skipped)
	return past
}

// snapshot returns the values of the metrics.
func (d *detector) snapshot() snapshot {
	s := snapshot{now: d.now(), lists: d.lists.feeds, untimely: map[string]detect.Untimely{}}
	s.names, s.badNames = d.tables.namesCounts()
	d.partitions.addTo(&s)
	return s
}

// addTo adds the numbers of all shards, including the closed ones.
func (ps *partitions) addTo(s *snapshot) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	s.fenced = ps.fenced
	s.totals = ps.past.past()
	s.add(ps.detector.shard)
	for _, p := range ps.readyLocked() {
		stats := s.add(p.shard)
		each := partitionStats{partitionID: p.id, flows: stats.Flows(), restored: p.restored, saved: s.savedOffset(p)}
		for _, rule := range stats.Rules {
			each.keys += int64(rule.Tracked)
		}
		for _, bytes := range stats.Memory {
			each.memory += bytes
		}
		s.partitions = append(s.partitions, each)
	}
}

func (*snapshot) savedOffset(p *partition) int64 {
	p.engine.Lock()
	defer p.engine.Unlock()
	return p.checkpoints.saved
}

// add adds the numbers of a shard.
func (s *snapshot) add(each *shard) detect.Stats {
	each.engine.Lock()
	defer each.engine.Unlock()
	maps.Copy(s.untimely, each.engine.Untimely())
	if each.stopped.isSilent() {
		s.silentInput = 1
	}
	pending, _ := each.queue.counts()
	s.pending += pending
	return s.totals.add(each)
}

func compareIDs(a, b partitionID) int {
	return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.number, b.number))
}
