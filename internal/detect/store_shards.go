// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// dividedState is state with a part in each of some shards.
type dividedState struct {
	id    string // the storage key of the first part
	shape string // see changeLog
	parts []saver
	// former returns empty parts for another number of shards.
	former func(number int) []saver
}

// dividedState returns the state of a rule.
func (r *runningRule) dividedState(e *Engine) dividedState {
	return dividedState{r.storageID(), r.shape(), r.savers(), func(number int) []saver { return e.formerParts(r, number) }}
}

// load restores divided state. If it was saved with another number of shards, each key moves to its new shard, and the next
// save writes all keys again.
func (e *Engine) load(state dividedState, get func(string) ([]byte, error)) error {
	parts := state.parts
	saved, found, err := readHeader(get, state.id)
	if err != nil || !found {
		return err
	}
	if saved.shape != state.shape {
		return e.discard(state, saved.parts, get)
	}
	former := parts
	if saved.parts != len(parts) {
		former = state.former(saved.parts)
	}
	for _, part := range former {
		if err := part.load(get); err != nil {
			return err
		}
	}
	if saved.parts == len(parts) {
		return nil
	}
	var releases []func()
	for _, part := range parts {
		releases = append(releases, part.hold())
	}
	defer func() {
		for _, release := range releases {
			release()
		}
	}()
	for number, part := range former {
		if number < len(parts) {
			part.precede(parts[number])
		} else {
			e.replaced = append(e.replaced, shardKey(state.id, number))
		}
		e.replaced = append(e.replaced, part.keys()...)
	}
	return former[0].move(former, parts)
}

// formerParts returns empty parts of a rule for another number of shards.
func (e *Engine) formerParts(r *runningRule, number int) []saver {
	former := e.formerRule(r.Rule, number)
	for _, part := range former.parts {
		e.shrinkWhileLoading(part.saver(), part, number)
	}
	return former.savers()
}

// formerRule returns a rule with empty state in another number of shards.
func (e *Engine) formerRule(rule *Rule, number int) runningRule {
	shards := make([]*shard, number)
	for i := range shards {
		shards[i] = newShard(newShared(&e.config, nil, nil, e.hosts, e.ignore))
		e.initProgress(shards[i])
	}
	set := e.config.settings(rule)
	set.MaxKeys = math.MaxInt32 // the new parts have the limit
	return e.build(rule, set, nil, shards)
}

// shrinkWhileLoading bounds the memory of one of a number of former parts.
func (e *Engine) shrinkWhileLoading(s saver, part bounded, number int) {
	s.onLoaded(func() {
		for e.budget.limit > 0 && part.memory() > e.budget.limit/int64(number) && part.shrink() {
			continue
		}
	})
}

// initProgress sets the watermarks of a shard to those of the scopes.
func (e *Engine) initProgress(s *shard) {
	for id, scope := range e.scopes.byID {
		s.progress.of(id).watermark = scope.watermark.newest
	}
}

// move implements saver.
func (*changeLog[V]) move(former, parts []saver) error {
	next := make([]uint32, len(former)) // the next entry of each former part; 0 at its end
	for i, part := range former {
		next[i] = part.(*changeLog[V]).table.Oldest()
	}
	for {
		var oldest *changeLog[V]
		from, last := 0, int64(0)
		for i, n := range next {
			if n == 0 {
				continue
			}
			part := former[i].(*changeLog[V])
			if t := part.last(part.table.Value(n)); oldest == nil || t < last {
				oldest, from, last = part, i, t
			}
		}
		if oldest == nil {
			return nil
		}
		key := oldest.table.Key(next[from])
		to := parts[shardOf(key.Scope, &key.Src, len(parts))].(*changeLog[V])
		if err := oldest.copyTo(to, &key, oldest.table.Value(next[from])); err != nil {
			return err
		}
		next[from] = oldest.table.NewerThan(next[from])
	}
}

// copyTo copies a key to another table.
func (c *changeLog[V]) copyTo(to *changeLog[V], key *lru.Key, value *V) error {
	var encoded encode.Encoder
	c.encode(&encoded, value)
	copied, _ := to.table.Touch(key)
	if to.reset != nil {
		to.reset(copied)
	}
	*copied = *new(V)
	d := encode.NewDecoder(encoded)
	if to.decode(d, copied); d.Failed() {
		return &UnreadableError{c.key, encode.ErrDamaged.Error()}
	}
	return nil
}

// keys implements saver.
func (c *changeLog[V]) keys() (list []string) {
	l := &c.layout
	for _, kind := range []struct {
		name string
		segments
	}{{snapshotSegment, l.snapshot}, {snapshotSegment, l.next.segments}, {logSegment, l.log}} {
		for n := kind.from; n < kind.to; n++ {
			list = append(list, segmentKey(c.key, kind.name, n))
		}
	}
	return list
}

// precede implements saver.
func (c *changeLog[V]) precede(next saver) {
	next.startAfter(&c.layout)
}

// startAfter implements saver.
func (c *changeLog[V]) startAfter(former *layout) {
	l := &c.layout
	number := max(former.snapshot.to, former.next.to)
	l.snapshot = segments{number, number}
	l.next.segments = l.snapshot
	l.log = segments{former.log.to, former.log.to}
	l.keys = unsaved
}

// discard makes the next save delete the state of a custom rule whose kind, key or value has changed since.
func (e *Engine) discard(state dividedState, parts int, get func(string) ([]byte, error)) error {
	for number := range max(1, parts) {
		key := shardKey(state.id, number)
		saved, found, err := readHeader(get, key)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		former := &changeLog[struct{}]{key: key, layout: saved.layout}
		e.replaced = append(e.replaced, former.keys()...)
		if number < len(state.parts) {
			state.parts[number].startAfter(&saved.layout)
		} else {
			e.replaced = append(e.replaced, key)
		}
	}
	return nil
}
