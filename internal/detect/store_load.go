// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// load implements saver. If max_keys is lower than before, the most recently touched keys are kept.
func (c *changeLog[V]) load(get func(string) ([]byte, error)) error {
	t := c.table
	stale, dropped := t.Stale, t.Dropped
	t.Stale, t.Dropped = nil, nil // stale keys are known only after all keys are loaded
	defer func() { t.Stale, t.Dropped, t.Evicted = stale, dropped, 0 }()
	content, err := fetch(get, c.rule)
	if err != nil || content == nil {
		return err
	}
	l, d := &c.layout, encode.NewDecoder(content)
	l.keys = int(d.UpTo(math.MaxInt32))
	for _, s := range []*segments{&l.snapshot, &l.log, &l.next.segments} {
		s.from, s.to = d.Uint(), d.Uint()
		if s.from > s.to {
			d.Fail()
		}
	}
	if d.Failed() {
		return &UnreadableError{c.rule, encode.ErrDamaged.Error()}
	}
	if l.size, err = c.replay(get, snapshotSegment, l.snapshot); err != nil {
		return err
	}
	if l.logged, err = c.replay(get, logSegment, l.log); err != nil {
		return err
	}
	for t.Len() > l.keys {
		t.Drop(t.Oldest())
	}
	for n := t.Oldest(); n != 0; n = t.NewerThan(n) {
		e := t.At(n)
		c.restored(&e.Key, &e.Value)
	}
	t.Marks[savedMark] = t.Newest()
	return nil
}

// replay touches the keys of the segments in order. It returns the size of the segments in bytes.
func (c *changeLog[V]) replay(get func(string) ([]byte, error), kind string, s segments) (size int64, err error) {
	for n := s.from; n < s.to; n++ {
		key := segmentKey(c.rule, kind, n)
		content, err := fetch(get, key)
		if err != nil {
			return 0, err
		}
		if content == nil {
			return 0, &UnreadableError{key, "is missing"}
		}
		size += int64(len(content))
		for d := encode.NewDecoder(content); d.More(); {
			k := lru.DecodeKey(d)
			value, _ := c.table.Touch(&k)
			*value = *new(V)
			c.decode(d, value)
			if d.Failed() || k.Scope == 0 {
				return 0, &UnreadableError{key, encode.ErrDamaged.Error()}
			}
		}
	}
	return size, nil
}
