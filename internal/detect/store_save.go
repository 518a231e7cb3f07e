// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

// save implements saver. It also continues the next snapshot.
func (c *changeLog[V]) save(changes []Change) []Change {
	c.begin()
	before := len(changes)
	changes = c.logLost(changes)
	changes = c.logFrom(c.table.NewerThan(c.table.Marks[savedMark]), changes)
	c.pending.marks[savedMark] = c.table.Newest()
	changes = c.compact(changes)
	return c.headerIfChanged(before, changes)
}

// saveNewKeys implements saver.
func (c *changeLog[V]) saveNewKeys(changes []Change) []Change {
	c.begin()
	before := len(changes)
	var records encode.Encoder
	for _, n := range c.newKeys {
		if c.table.Key(n).Scope != 0 { // it was not dropped since
			c.record(&records, n)
		}
	}
	changes = c.appendLog(records, changes)
	return c.headerIfChanged(before, changes)
}

func (c *changeLog[V]) begin() { c.pending = pending{layout: c.layout, marks: c.table.Marks} }

// logLost logs the keys that were dropped. They may have come back since, so that they are before other keys.
func (c *changeLog[V]) logLost(changes []Change) []Change {
	var records encode.Encoder
	for i := range c.lost {
		c.lost[i].Encode(&records)
		c.encode(&records, new(V))
	}
	c.pending.lost = len(c.lost)
	return c.appendLog(records, changes)
}

// logFrom logs entry n and all newer ones.
func (c *changeLog[V]) logFrom(n uint32, changes []Change) []Change {
	var records encode.Encoder
	for n != 0 {
		c.record(&records, n)
		if n = c.table.NewerThan(n); len(records) >= largeSegment || n == 0 {
			changes = c.appendLog(records, changes)
			records = records[:0]
		}
	}
	return changes
}

// appendLog appends records to the open segment, or to a new one if none is open.
func (c *changeLog[V]) appendLog(records []byte, changes []Change) []Change {
	if len(records) == 0 {
		return changes
	}
	l := &c.pending.layout
	if l.open == nil {
		l.log.to++
	}
	l.open = append(append(make([]byte, 0, len(l.open)+len(records)), l.open...), records...)
	changes = append(changes, Change{segmentKey(c.key, logSegment, l.log.to-1), encode.Seal(l.open)})
	if len(l.open) >= smallSegment {
		l.open = nil
	}
	l.logged += int64(len(records))
	l.owed += snapshotPace * int64(len(records))
	return changes
}

// headerIfChanged appends the header if anything has changed.
func (c *changeLog[V]) headerIfChanged(before int, changes []Change) []Change {
	if len(changes) == before && c.pending.layout.keys == c.table.Len() {
		return changes
	}
	return c.header(c.table.Len(), changes)
}

// header appends the value that describes the segments of a number of keys.
func (c *changeLog[V]) header(keys int, changes []Change) []Change {
	l := &c.pending.layout
	l.keys = keys
	var e encode.Encoder
	for _, n := range []uint64{uint64(l.keys), l.snapshot.from, l.snapshot.to, l.log.from, l.log.to, l.next.from, l.next.to} {
		e.Uint(n)
	}
	e.Uint(uint64(c.parts))
	if c.shape != "" {
		e.Text(c.shape)
	}
	return append(changes, Change{c.key, encode.Seal(e)})
}
