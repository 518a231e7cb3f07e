// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/statelimit"
)

// shareMemory divides max_state_mib among the shards.
func (ps *partitions) shareMemory() {
	shards := ps.all()
	if len(shards) == 1 && !ps.shared {
		return // The only engine has the limit of the configuration.
	}
	ps.shared = true
	total := int64(cmp.Or(ps.detector.cfg.MaxStateMiB, statelimit.Default())) << 20
	used := make([]int64, len(shards))
	for i, s := range shards {
		s.engine.Lock()
		used[i] = s.engine.Memory()
		s.engine.Unlock()
	}
	for i, limit := range memoryShares(total, used) {
		shards[i].engine.Lock()
		shards[i].engine.SetMemoryLimit(limit)
		shards[i].engine.Unlock()
	}
}

// memoryShares divides memory among shards by what they use. Their sum is at most total. A shard can grow by a quarter until
// the next call. If there is not enough for all, each gets at least an equal share or what it needs.
func memoryShares(total int64, used []int64) (limits []int64) {
	bySize := make([]int, len(used))
	for i := range bySize {
		bySize[i] = i
	}
	slices.SortFunc(bySize, func(a, b int) int { return cmp.Compare(used[a], used[b]) })
	limits = make([]int64, len(used))
	left := total
	for n, i := range bySize {
		limits[i] = min(used[i]+used[i]/4, left/int64(len(used)-n))
		left -= limits[i]
	}
	for i := range limits {
		limits[i] += left / int64(len(limits))
	}
	return limits
}
