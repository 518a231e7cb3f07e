// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"

const (
	smallLog     = 256 << 10 // bytes of the log below which no snapshot is written
	snapshotStep = 64 << 10  // least number of bytes of a snapshot to write with each save
	snapshotPace = 4         // bytes of a snapshot to write for each byte of the log
)

// compact begins a snapshot when the log has grown to half of the last snapshot. Each save writes a part of it. When the
// snapshot is complete, it replaces the last one and the log before it. Keys are written in order, the least recently
// touched one first. A key that is touched meanwhile is in the log.
//
// Therefore the stored values take at most about three times the size of the table, and saves write at most about four times
// the size of the changes.
func (c *changeLog[V]) compact(changes []Change) []Change {
	l, marks := &c.pending.layout, &c.pending.marks
	if !l.next.begun {
		if l.logged <= l.size/2+smallLog {
			l.owed = 0
			return changes
		}
		changes = deleteSegments(changes, c.key, snapshotSegment, l.next.segments) // from before a crash
		l.open = nil
		l.next = draft{segments: segments{l.next.to, l.next.to}, begun: true, firstKept: l.log.to, replaced: l.logged}
		marks[snapshotMark], marks[snapshotLimit] = 0, c.table.Newest()
	}
	changes = c.continueSnapshot(changes)
	if marks[snapshotMark] != marks[snapshotLimit] {
		return changes
	}
	changes = deleteSegments(changes, c.key, snapshotSegment, l.snapshot)
	changes = deleteSegments(changes, c.key, logSegment, segments{l.log.from, l.next.firstKept})
	l.snapshot, l.size = l.next.segments, l.next.size
	l.log.from, l.logged = l.next.firstKept, l.logged-l.next.replaced
	l.next = draft{segments: segments{l.snapshot.to, l.snapshot.to}}
	return changes
}

// continueSnapshot writes the next part of the snapshot. Its size depends on how much was logged.
func (c *changeLog[V]) continueSnapshot(changes []Change) []Change {
	l, marks := &c.pending.layout, &c.pending.marks
	budget := snapshotStep + l.owed
	l.owed = 0
	var records encode.Encoder
	for budget > 0 && marks[snapshotMark] != marks[snapshotLimit] {
		n := c.table.NewerThan(marks[snapshotMark])
		c.record(&records, n)
		marks[snapshotMark] = n
		if len(records) >= largeSegment || n == marks[snapshotLimit] {
			changes = append(changes, Change{segmentKey(c.key, snapshotSegment, l.next.to), encode.Seal(records)})
			l.next.to++
			l.next.size += int64(len(records))
			budget -= int64(len(records))
			records = records[:0]
		}
	}
	return changes
}

func deleteSegments(changes []Change, table, kind string, s segments) []Change {
	for n := s.from; n < s.to; n++ {
		changes = append(changes, Change{Key: segmentKey(table, kind, n)})
	}
	return changes
}
