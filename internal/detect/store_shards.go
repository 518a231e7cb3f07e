// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

// load restores the state of a rule. If it was saved with another number of shards, each key moves to its new shard, and
// the next save writes all keys again.
func (e *Engine) load(r *runningRule, get func(string) ([]byte, error)) error {
	parts := r.savers()
	saved, found, err := readHeader(get, r.ID)
	if err != nil || !found {
		return err
	}
	former := parts
	if saved.parts != len(parts) {
		former = e.formerParts(r, saved.parts)
	}
	for _, part := range former {
		if err := part.load(get); err != nil {
			return err
		}
	}
	if saved.parts == len(parts) {
		return nil
	}
	for _, part := range parts {
		defer part.hold()()
	}
	for number, part := range former {
		if number < len(parts) {
			part.precede(parts[number])
		} else {
			e.replaced = append(e.replaced, shardKey(r.ID, number))
		}
		e.replaced = append(e.replaced, part.keys()...)
		if err := part.moveTo(parts); err != nil {
			return err
		}
	}
	return nil
}

// formerParts returns empty parts of a rule for another number of shards.
func (e *Engine) formerParts(r *runningRule, number int) []saver {
	shards := make([]*shard, number)
	for i := range shards {
		shards[i] = newShard(newShared(&e.config, nil, nil, e.hosts, e.ignore))
		e.initProgress(shards[i])
	}
	former := e.build(r.Rule, e.config.settings(r.Rule), nil, shards)
	return former.savers()
}

// initProgress sets the watermarks of a shard to those of the scopes.
func (e *Engine) initProgress(s *shard) {
	for id, scope := range e.scopes.byID {
		s.progress.of(id).watermark = scope.watermark
	}
}

// moveTo implements saver.
func (c *changeLog[V]) moveTo(parts []saver) error {
	var value encode.Encoder
	for n := c.table.Oldest(); n != 0; n = c.table.NewerThan(n) {
		entry := c.table.At(n)
		value = value[:0]
		c.encode(&value, &entry.Value)
		to := parts[shardOf(entry.Key.Scope, &entry.Key.Src, len(parts))].(*changeLog[V])
		moved, _ := to.table.Touch(&entry.Key)
		*moved = *new(V)
		d := encode.NewDecoder(value)
		to.decode(d, moved)
		if d.Failed() {
			return &UnreadableError{c.key, encode.ErrDamaged.Error()}
		}
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
	l := &next.(*changeLog[V]).layout
	number := max(c.layout.snapshot.to, c.layout.next.to)
	l.snapshot = segments{number, number}
	l.next.segments = l.snapshot
	l.log = segments{c.layout.log.to, c.layout.log.to}
}
