// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// maxShards bounds the number of shards. More than one for each core do not help.
const maxShards = 256

// shard has the state of some sources, for all rules that are divided. The first shard also has the whole state of the
// others. Shards have no variable data in common.
type shard struct {
	shared
	divided   [numClasses][]observer // rules with state in each shard, by the class of the flows that they evaluate
	undivided [numClasses][]observer // rules with state in the first shard only
	warmers   [numClasses][]warmer   // the rules that load their state in advance, by class
	tasks     []task                 // the current batch
	window    [lru.WarmKeys]windowed // the next events
	warmed    [lru.WarmKeys]*windowed
}

// task is an event of a batch for a shard.
type task struct {
	position int32 // in the batch
	advances bool  // the event moves the watermark of its scope
	isHome   bool  // the shard has the state of the event's source
}

func newShard(s shared) *shard {
	created := &shard{shared: s}
	created.allowlists.shared = &created.shared
	created.setCountries(s.countries)
	return created
}

// setCountries replaces the country table. Each shard has a cache of its own, because shards run concurrently.
func (s *shard) setCountries(countries network.Countries) {
	if s.countries = countries; countries != nil {
		s.countries = network.NewCountryCache(countries)
	}
}

// shardKey returns the storage key of a part of a rule's state. That of the first part is the id of the rule.
func shardKey(rule string, number int) string {
	if number == 0 {
		return rule
	}
	return fmt.Sprintf("%s@%d", rule, number)
}

// add builds a rule with empty state.
func (s *shard) add(b base) observer {
	lists := &s.divided
	if b.parts == 1 {
		lists = &s.undivided
	}
	built := b.build(b)
	for _, class := range b.classes {
		lists[class] = append(lists[class], built)
		// A rule about whole scopes has few keys, and its condition may depend on the current event of the shard.
		if w, ok := built.(warmer); ok && !b.wholeScope {
			s.warmers[class] = append(s.warmers[class], w)
		}
	}
	return built
}

// assign gives an event to the shards that evaluate it. All shards need the events that move a watermark, because
// episodes end then.
func assign(shards []*shard, ev *Event, position int, advances bool) {
	home := shardOf(ev.scope.id, &ev.src, len(shards))
	for number, s := range shards {
		if number == home || advances || len(s.undivided[ev.class]) > 0 {
			s.tasks = append(s.tasks, task{int32(position), advances, number == home})
		}
	}
}

// shardOf returns the number of the shard that has the state of a source. It is the same in every process, so that saved
// state returns to its shard.
func shardOf(scope uint32, src *[16]byte, shards int) int {
	if shards == 1 {
		return 0
	}
	const odd = 0x9e3779b97f4a7c15 // the golden ratio spreads consecutive numbers
	high, low := bits.Mul64(binary.BigEndian.Uint64(src[:8])^uint64(scope)^odd, odd)
	h := high ^ low
	high, low = bits.Mul64(binary.BigEndian.Uint64(src[8:])^h, odd)
	number, _ := bits.Mul64(high^low, uint64(shards))
	return int(number)
}

// run evaluates the assigned events.
func (s *shard) run(events []*Event) {
	for from := 0; from < len(s.tasks); from += lru.WarmKeys {
		tasks := s.tasks[from:min(from+lru.WarmKeys, len(s.tasks))]
		for i, t := range tasks {
			s.window[i].Event = events[t.position]
			s.window[i].keys.set = [byPairAndPort + 1]bool{}
		}
		if len(tasks) > 1 {
			s.warm(tasks)
		}
		for i, t := range tasks {
			s.evaluate(&s.window[i], t)
		}
	}
	s.tasks = s.tasks[:0]
}

func (s *shard) evaluate(w *windowed, t task) {
	ev := w.Event
	s.begin(ev, &w.keys, int(t.position))
	if t.advances {
		s.advance(ev)
	}
	if t.isHome {
		for _, rule := range s.divided[ev.class] {
			rule.observe(ev)
		}
	}
	for _, rule := range s.undivided[ev.class] {
		rule.observe(ev)
	}
}

// draftAlert is an alert that a shard has made. complete adds what depends on other shards.
type draftAlert struct {
	*alert.Alert
	rule    *base
	details details
	// resolves is the earlier alert that this one resolves, or nil.
	resolves *alert.Alert

	// The order of alerts: first those that resolve episodes, by their deadline.
	position int // of the event in its batch
	due      int64
	episode  uint64
}

func compareDrafts(a, b draftAlert) int {
	return cmp.Or(
		cmp.Compare(a.position, b.position),
		cmp.Compare(a.due, b.due),
		cmp.Compare(a.episode, b.episode),
		cmp.Compare(a.rule.index, b.rule.index),
	)
}

// complete adds the hosts and the sentence to the alert.
func (d *draftAlert) complete(ev *Event) *alert.Alert {
	a := d.Alert
	if d.resolves != nil {
		copySides(a, d.resolves)
	} else {
		d.rule.addSides(ev, a, d.details.LowerBound)
	}
	a.Body = d.rule.body(a, d.details)
	return a
}
