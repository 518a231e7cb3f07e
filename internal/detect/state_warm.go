// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"

// minWarm is the number of keys from which loading them in advance pays. Smaller tables stay in the cache.
const minWarm = 10_000

// warmer is a rule that can load the state of several events into the processor's cache at once, before it observes them
// one by one. This changes no state.
type warmer interface{ warm([]*Event) }

// warm implements warmer for a rule with this table. key returns the key of an event and whether the rule will touch it.
// It must use nothing but the event.
func (k *keyed[V]) warm(events []*Event, key func(*Event) (lru.Key, bool)) {
	if k.table.Len() < minWarm {
		return
	}
	var hashes [lru.WarmKeys]uint64
	n := 0
	for _, ev := range events[:min(len(events), len(hashes))] {
		if key, touched := key(ev); touched {
			hashes[n] = key.Hash()
			n++
		}
	}
	k.table.Warm(hashes[:n])
}

func (d *distinct) warm(events []*Event) {
	d.keyed.warm(events, func(ev *Event) (k lru.Key, touched bool) {
		if touched = d.qualifies(ev); touched {
			d.group.key(ev, &k)
		}
		return k, touched
	})
}

func (s *sum) warm(events []*Event) {
	s.keyed.warm(events, func(ev *Event) (k lru.Key, touched bool) {
		if touched = s.qualifies(ev); touched {
			s.group.key(ev, &k)
		}
		return k, touched
	})
}

func (s *sequence) warm(events []*Event) {
	s.keyed.warm(events, func(ev *Event) (k lru.Key, touched bool) {
		if _, touched = s.outcome(ev); touched {
			bySource.key(ev, &k)
		}
		return k, touched
	})
}

func (f *firstSeen) warm(events []*Event) {
	f.keyed.warm(events, func(ev *Event) (k lru.Key, touched bool) {
		if touched = f.qualifies(ev); touched {
			k = f.key(ev)
			k.Scope = ev.scope.id
		}
		return k, touched
	})
}

// warm loads the state of the tasks, at most lru.WarmKeys of them.
func (s *shard) warm(events []*Event, tasks []task) {
	for class := range s.warmers {
		if len(s.warmers[class]) == 0 {
			continue
		}
		list := s.warmed[:0]
		for _, t := range tasks {
			if ev := events[t.position]; t.isHome && int(ev.class) == class {
				list = append(list, ev)
			}
		}
		for _, rule := range s.warmers[class] {
			rule.warm(list)
		}
	}
	clear(s.warmed[:])
}
