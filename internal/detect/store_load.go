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
	saved, found, err := readHeader(get, c.key)
	if err != nil || !found {
		return err
	}
	defer c.hold()()
	if err := c.read(get, saved); err != nil {
		return err
	}
	c.table.Marks[savedMark] = c.table.Newest()
	return nil
}

// onLoaded implements saver.
func (c *changeLog[V]) onLoaded(check func()) { c.loaded = check }

// hold keeps keys from being dropped as stale: before everything is loaded, no key can be called stale. It returns a
// function that ends this and reports all keys to restored.
func (c *changeLog[V]) hold() (release func()) {
	t := c.table
	stale := t.Stale
	t.Stale = nil
	return func() {
		t.Stale, t.Evicted = stale, c.shrunk
		for n := t.Oldest(); n != 0 && c.restored != nil; n = t.NewerThan(n) {
			c.restored(t.Key(n).Scope, t.Value(n))
		}
	}
}

// header is the content of the value that lists the segments of a table.
type header struct {
	layout
	parts int    // see changeLog.parts
	shape string // see changeLog.shape
}

// readHeader reads the header of a table.
func readHeader(get func(string) ([]byte, error), key string) (h header, found bool, err error) {
	content, err := fetch(get, key)
	if err != nil || content == nil {
		return h, false, err
	}
	d := encode.NewDecoder(content)
	h.keys = int(d.UpTo(math.MaxInt32))
	for _, s := range []*segments{&h.snapshot, &h.log, &h.next.segments} {
		s.from, s.to = d.Uint(), d.Uint()
		if s.from > s.to {
			d.Fail()
		}
	}
	h.parts = int(d.UpTo(maxShards))
	if d.More() {
		h.shape = d.Text()
	}
	if d.Failed() {
		return h, false, &UnreadableError{key, encode.ErrDamaged.Error()}
	}
	return h, true, nil
}

// read reads the keys of a table whose header has been read.
func (c *changeLog[V]) read(get func(string) ([]byte, error), saved header) (err error) {
	l, t := &c.layout, c.table
	*l = saved.layout
	if l.size, err = c.replay(get, snapshotSegment, l.snapshot); err != nil {
		return err
	}
	if l.logged, err = c.replay(get, logSegment, l.log); err != nil {
		return err
	}
	for t.Len() > l.keys && c.prune == nil {
		t.Drop(t.Oldest())
	}
	return nil
}

// replay touches the keys of the segments in order. It returns the size of the segments in bytes.
func (c *changeLog[V]) replay(get func(string) ([]byte, error), kind string, s segments) (size int64, err error) {
	for n := s.from; n < s.to; n++ {
		key := segmentKey(c.key, kind, n)
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
			if c.reset != nil {
				c.reset(value)
			}
			*value = *new(V)
			c.decode(d, value)
			if d.Failed() || k.Scope == 0 {
				return 0, &UnreadableError{key, encode.ErrDamaged.Error()}
			}
			if n := c.table.Newest(); c.prune != nil && c.prune(n) {
				c.table.Drop(n)
			}
		}
		if c.loaded != nil {
			c.loaded()
		}
	}
	return size, nil
}
