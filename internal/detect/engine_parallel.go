// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "sync"

// minParallel is the number of events from which several shards run concurrently. Below it, starting goroutines costs
// more than it saves. Tests lower it.
var minParallel = 256

// runShards evaluates the events of a batch in all shards.
func runShards(shards []*shard, events []*Event) {
	if len(events) < minParallel {
		for _, s := range shards {
			s.run(events)
		}
		return
	}
	var others sync.WaitGroup
	for _, s := range shards[1:] {
		others.Go(func() { s.run(events) })
	}
	shards[0].run(events)
	others.Wait()
}
