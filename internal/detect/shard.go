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
	judge     *judge                 // nil if no rule needs attempts
	flood     *flood                 // nil if no rule compares sums with what comes back
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
	judges   bool  // the shard has the attempts of the event's initiator, and the event is an attempt or an answer
	returns  bool  // the shard has the sums of the event's destination, and the event may be what comes back to it
}

// answers reports whether the event of the task is recorded as an answer.
func (t *task) answers(ev *Event) bool { return t.judges && ev.attempt == isAnswer }

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
	built := b.build()
	if f, isFlood := built.(*flood); isFlood {
		s.flood = f
	}
	for class := network.ExternalToInternal; class < numClasses; class++ {
		if s.judge != nil && built.judges(class) {
			s.judge.rules[class] = append(s.judge.rules[class], built)
		}
		if !built.evaluates(class) {
			continue
		}
		lists[class] = append(lists[class], built)
		// A rule about whole scopes has few keys. A country depends on the current event of the shard.
		if w, ok := built.(warmer); ok && !b.wholeScope && !b.group.has(hasCountry) {
			s.warmers[class] = append(s.warmers[class], w)
		}
	}
	return built
}

// assign gives an event to the shards that evaluate it. All shards need the events that move a watermark, because
// episodes end then.
func assign(shards []*shard, ev *Event, position int, advances bool) {
	home := shardOf(ev.scope.id, &ev.src, len(shards))
	judge, returns := judgeOf(shards, ev, home), returnsTo(shards, ev)
	for number, s := range shards {
		if number == home || number == judge || number == returns || advances || len(s.undivided[ev.class]) > 0 {
			s.tasks = append(s.tasks, task{int32(position), advances, number == home, number == judge, number == returns})
		}
	}
}

// returnsTo returns the number of the shard that adds up what comes back to the destination of an event, or -1.
func returnsTo(shards []*shard, ev *Event) int {
	switch {
	case shards[0].flood == nil || ev.late || !comesBack(ev):
		return -1
	case len(shards) == 1 || shards[1].flood == nil:
		return 0
	default:
		return shardOf(ev.scope.id, &ev.dst, len(shards))
	}
}

// judgeOf returns the number of the shard that records an event as an attempt or an answer, or -1.
func judgeOf(shards []*shard, ev *Event, home int) int {
	switch {
	case ev.attempt == noAttempt:
		return -1
	case len(shards) == 1 || shards[1].judge == nil:
		return 0
	case ev.attempt == isAttempt:
		return home
	default:
		return shardOf(ev.scope.id, &ev.dst, len(shards))
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
			s.window[i].set(events[t.position], t, len(s.groups))
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
		s.progress.of(ev.scope.id).watermark = ev.watermark
	}
	if s.judge != nil && (t.advances || t.judges) {
		s.judge.observe(s, w, t)
	}
	if t.advances {
		p := s.progress.of(ev.scope.id)
		if s.flood != nil && s.flood.judgeDue(p, ev, int(t.position)) {
			s.begin(ev, &w.keys, int(t.position))
		}
		s.resolveEpisodes(p)
	}
	if t.isHome {
		for _, rule := range s.divided[ev.class] {
			rule.observe(ev)
		}
	}
	for _, rule := range s.undivided[ev.class] {
		rule.observe(ev)
	}
	if t.returns {
		s.flood.addReturned(w)
	}
}

// draftAlert is an alert that a shard has made. complete adds what depends on other shards.
type draftAlert struct {
	*alert.Alert
	rule    *base
	details details
	// resolves is the earlier alert that this one resolves, or nil.
	resolves *alert.Alert

	class network.Class // of the flow or attempt

	position int // of the event in its batch
	alertOrder
}

// alertOrder is the place of an alert among those of an event.
type alertOrder struct {
	phase  phase
	t      int64  // the time of the attempt or pane, or the deadline of the episode
	number uint64 // of the attempt, the first flow of the pane, or the episode
}

// phase is a step in the evaluation of an event.
type phase uint8

// The steps, in order.
const (
	ofAttempts phase = iota
	ofPanes
	ofResolved
	ofRules
)

func compareDrafts(a, b draftAlert) int {
	return cmp.Or(
		cmp.Compare(a.position, b.position),
		cmp.Compare(a.phase, b.phase),
		cmp.Compare(a.t, b.t),
		cmp.Compare(a.number, b.number),
		cmp.Compare(a.rule.index, b.rule.index),
	)
}

// complete adds the hosts and the sentence to the alert.
func (d *draftAlert) complete(ev *Event) *alert.Alert {
	a := d.Alert
	if d.resolves != nil {
		copySides(a, d.resolves)
	} else {
		d.rule.addSides(ev, d.class, a, d.details.LowerBound)
	}
	a.Body = d.rule.body(a, d.details)
	return a
}
