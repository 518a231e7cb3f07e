// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// changeLog stores the table of one rule as a log of touched keys.
//
// Every change of a value touches its key, so the keys that changed since the last save are together at the newest end
// of the table's list. A save writes only those. The records are in the order of the touches, and loading touches the
// keys again in this order. Drops are not recorded, because only the least recently touched keys are ever dropped.
// Loading drops the oldest keys until the number of keys at the last save is left.
//
// Records are grouped in segments, which are values of some kilobytes. The last segment is rewritten until it has
// smallSegment bytes, so that small saves do not leave many small values. From time to time the whole table is written
// as a snapshot, which replaces the log before it; see compact.
type changeLog[V any] struct {
	// key is the storage key of the table's header and the start of its other keys.
	key string
	// shape says how keys and values are laid out. State with another shape is dropped. It is empty for built-in rules.
	shape string
	// parts is the number of shards that the keys of the rule are divided into. It is zero for a table that is never
	// divided.
	parts  int
	table  *lru.Table[V]
	encode func(*encode.Encoder, *V)
	decode func(*encode.Decoder, *V)
	// last returns the latest time of a value; nil for a table that is never divided.
	last func(*V) int64
	// reset is called before a value is replaced while the state is loaded. May be nil.
	reset func(*V)
	// loaded is called now and then while the state is loaded. May be nil.
	loaded func()
	// restored is called for each key after all of them are loaded. May be nil.
	restored func(scope uint32, value *V)

	// prune reports whether a key that was just read is no longer needed. It is nil for a table that drops only its least
	// recently touched keys, and counts them.
	prune func(n uint32) bool
	// lost are the keys that were dropped since the last save, in a table with prune, and not because they are no longer
	// needed. A save writes them with the zero value.
	lost     []lru.Key
	tracking bool // lost is kept, because the state is saved

	// shrunk counts the keys that were evicted because all state together was too large.
	shrunk int64

	layout  layout
	newKeys []uint32 // entries that saveNewKeys writes
	pending pending  // becomes current once the changes of the last save are stored
}

// pending is the state of a changeLog after a save.
type pending struct {
	layout
	marks [3]uint32
	lost  int
}

// layout describes what is stored.
type layout struct {
	keys          int      // number of keys at the last save
	snapshot, log segments // to load in this order
	next          draft    // the snapshot that is being written
	size          int64    // bytes of the snapshot
	logged        int64    // bytes of the log
	owed          int64    // bytes of the next snapshot to write because the log has grown
	open          []byte   // content of the last log segment while it is small
}

// unsaved is the number of keys of a table without a header. The next save writes one, even if the table is empty.
const unsaved = -1

// segments is a range of segment numbers: from, inclusive, to to, exclusive.
type segments struct{ from, to uint64 }

// draft is a snapshot that is being written, a part with each save.
type draft struct {
	segments
	begun     bool
	size      int64  // bytes so far
	firstKept uint64 // the first log segment that the snapshot does not replace
	replaced  int64  // bytes of the log segments that it replaces
}

// The marks of a table that a changeLog uses.
const (
	savedMark     = iota // newer entries were touched since the last save
	snapshotMark         // older entries are in the next snapshot
	snapshotLimit        // newer entries were touched since the next snapshot was begun
)

const (
	smallSegment = 4 << 10 // one page of most storages: writing less is not cheaper
	largeSegment = 64 << 10
)

// The kinds of segments, in their storage keys.
const (
	snapshotSegment = "base"
	logSegment      = "log"
)

func segmentKey(table, kind string, n uint64) string { return fmt.Sprintf("%s/%s/%d", table, kind, n) }

// saved implements saver.
func (c *changeLog[V]) saved() {
	c.layout, c.table.Marks = c.pending.layout, c.pending.marks
	c.newKeys = c.newKeys[:0]
	c.lost = append(c.lost[:0], c.lost[c.pending.lost:]...)
	c.pending.lost = 0
}

// maxLost bounds the keys in lost. If a disk is full for long, further ones may come back after a restart.
const maxLost = 1 << 16

// lose notes that a key was dropped although it was needed.
func (c *changeLog[V]) lose(k *lru.Key) {
	if c.tracking && len(c.lost) < maxLost {
		c.lost = append(c.lost, *k)
	}
}

func (c *changeLog[V]) record(to *encode.Encoder, n uint32) {
	key := c.table.Key(n)
	key.Encode(to)
	c.encode(to, c.table.Value(n))
}

// renumber replaces the numbers of new keys. The number 0 stands for a key that was dropped.
func (c *changeLog[V]) renumber(numbers map[uint32]uint32) {
	kept := c.newKeys[:0]
	for _, n := range c.newKeys {
		if to := numbers[n]; to != 0 {
			kept = append(kept, to)
		}
	}
	c.newKeys = kept
}
