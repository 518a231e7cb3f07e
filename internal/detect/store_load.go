// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"math"
)

// load fills the table, which is empty. A table that has become smaller keeps what was touched last.
func (j *journal[V]) load(get func(string) ([]byte, error)) error {
	t := j.table
	stale, dropped := t.stale, t.dropped
	t.stale, t.dropped = nil, nil // what is stale can be told when all is there
	defer func() { t.stale, t.dropped, t.evicted = stale, dropped, 0 }()
	content, err := fetch(get, j.rule)
	if err != nil || content == nil {
		return err
	}
	x, d := &j.saved, decoder{left: content}
	x.keys = int(d.upTo(math.MaxInt32))
	for _, s := range []*segments{&x.base, &x.log, &x.draft.segments} {
		s.from, s.to = d.uint(), d.uint()
		d.bad = d.bad || s.from > s.to
	}
	if d.bad {
		return &UnreadableError{j.rule, errDamaged.Error()}
	}
	if x.size, err = j.replay(get, "base", x.base); err != nil {
		return err
	}
	if x.logged, err = j.replay(get, "log", x.log); err != nil {
		return err
	}
	for t.len() > x.keys {
		t.drop(t.oldest)
	}
	for n := t.oldest; n != 0; n = t.at(n).newer {
		e := t.at(n)
		j.restored(&e.key, &e.value)
	}
	t.marks[touched] = t.newest
	return nil
}

// replay reads segments and returns how many bytes they hold.
func (j *journal[V]) replay(get func(string) ([]byte, error), kind string, those segments) (size int64, err error) {
	for n := those.from; n < those.to; n++ {
		name := j.segment(kind, n)
		content, err := fetch(get, name)
		if err != nil {
			return 0, err
		}
		if content == nil {
			return 0, &UnreadableError{name, "is missing"}
		}
		size += int64(len(content))
		for d := (decoder{left: content}); len(d.left) > 0; {
			k := d.key()
			value, _ := j.table.touch(&k)
			*value = *new(V)
			j.decode(&d, value)
			if d.bad || k.scope == 0 {
				return 0, &UnreadableError{name, errDamaged.Error()}
			}
		}
	}
	return size, nil
}

// fetch returns the content of a stored value, nil when there is none.
func fetch(get func(string) ([]byte, error), name string) ([]byte, error) {
	value, err := get(name)
	if err != nil {
		return nil, fmt.Errorf("reading stored state %q: %w", name, err)
	}
	if value == nil {
		return nil, nil
	}
	content, err := unseal(value)
	if err != nil {
		return nil, &UnreadableError{name, err.Error()}
	}
	return content, nil
}
