// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"

// minWarm is the number of keys from which loading them in advance pays. Smaller tables stay in the cache.
const minWarm = 10_000

// windowed is one of the next events that a shard evaluates.
type windowed struct {
	*Event
	keys     eventKeys
	returns  lru.Lookup // the key of the sum to which the event comes back, if the task returns
	answered lru.Lookup // the key of the connection that the event answers, if the task records an answer
}

// set prepares an event for a task.
func (w *windowed) set(ev *Event, t task, groups int) {
	w.Event = ev
	w.keys.reset(groups)
	if t.returns {
		w.returns.Set(&lru.Key{Scope: ev.scope.id, Src: ev.dst, Dst: ev.src})
	}
	if t.answers(ev) {
		w.answered.Set(&lru.Key{Scope: ev.scope.id, Src: ev.dst, SrcPort: ev.DstPort, Dst: ev.src, Port: ev.SrcPort})
	}
}

// warmer is a rule that can load the state of several events into the processor's cache at once, before it observes them
// one by one. This changes no state.
type warmer interface{ warm([]*windowed) }

// warm implements warmer for a rule with this table. key returns the key of an event, or nil if the rule will not touch it.
// It must use nothing but the event.
func (k *keyed[V]) warm(events []*windowed, key func(*windowed) *lru.Lookup) {
	if k.table.Len() < minWarm {
		return
	}
	var keys [lru.WarmKeys]*lru.Lookup
	n := 0
	for _, ev := range events[:min(len(events), len(keys))] {
		if l := key(ev); l != nil {
			keys[n] = l
			n++
		}
	}
	k.table.Warm(keys[:n])
}

func (d *distinct) warm(events []*windowed) { d.keyed.warm(events, d.base.warmKey) }

func (s *sum) warm(events []*windowed) { s.keyed.warm(events, s.base.warmKey) }

func (f *flood) warm(events []*windowed) { f.keyed.warm(events, f.base.warmKey) }

func (f *firstSeen) warm(events []*windowed) { f.keyed.warm(events, f.base.warmKey) }

func (s *sequence) warm(events []*windowed) {
	s.keyed.warm(events, func(w *windowed) *lru.Lookup {
		if _, qualifies := s.outcome(w.Event, (*matcher).mayHave); !qualifies {
			return nil
		}
		return w.keys.get(s.shared, w.Event, &s.group)
	})
}

// warmKey returns the key of an event that the rule may evaluate.
func (b *base) warmKey(w *windowed) *lru.Lookup {
	if !b.matcher.mayHave(w.Event) {
		return nil
	}
	return w.keys.get(b.shared, w.Event, &b.group)
}

// warm loads the state of the tasks in the window.
func (s *shard) warm(tasks []task) {
	if s.flood != nil {
		s.flood.returned.keyed.warm(s.list(tasks, func(_ *windowed, t *task) bool { return t.returns }),
			func(w *windowed) *lru.Lookup { return &w.returns })
	}
	if s.judge != nil {
		s.judge.answers.warm(s.list(tasks, func(w *windowed, t *task) bool { return t.answers(w.Event) }),
			func(w *windowed) *lru.Lookup { return &w.answered })
	}
	for class := range s.warmers {
		if len(s.warmers[class]) == 0 {
			continue
		}
		list := s.list(tasks, func(w *windowed, t *task) bool { return t.isHome && int(w.class) == class })
		for _, rule := range s.warmers[class] {
			rule.warm(list)
		}
	}
}

// list returns the events of some tasks in the window. It is valid until the next call.
func (s *shard) list(tasks []task, wanted func(*windowed, *task) bool) []*windowed {
	list := s.warmed[:0]
	for i := range tasks {
		if w := &s.window[i]; wanted(w, &tasks[i]) {
			list = append(list, w)
		}
	}
	return list
}
