// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import "github.com/twmb/franz-go/pkg/kgo"

// smallValue is the size of values that the index keeps in memory. Larger ones are read from the topic.
const smallValue = 1 << 10

// entryOverhead is about the memory of an entry without its key and its value.
const entryOverhead = 96

// index says where the current values of an owner are in its partition.
type index struct {
	owner   string
	entries map[string]*entry
	size    int64 // memory of the entries, in bytes
}

// entry is where a value is.
type entry struct {
	// offsets are those of the chunks; -1 if a chunk is missing.
	offsets []int64
	// small is the value if it is small, and nil otherwise.
	small []byte
}

func newIndex(owner string) *index { return &index{owner: owner, entries: map[string]*entry{}} }

// apply adds the change that a committed record describes. Records are applied in the order of their offsets.
func (x *index) apply(r *kgo.Record) {
	key, chunk, ok := parseKey(x.owner, r.Key)
	switch {
	case !ok:
	case chunk > 0:
		// After compaction, chunks of an older value can follow or precede. They are later replaced or deleted.
		if e := x.entries[key]; e != nil && chunk < len(e.offsets) && r.Value != nil {
			e.offsets[chunk] = r.Offset
		}
	case r.Value == nil:
		x.remove(key)
	default:
		x.set(key, r)
	}
}

func (x *index) set(key string, r *kgo.Record) {
	x.remove(key)
	e := &entry{offsets: make([]int64, chunksOf(r))}
	for i := range e.offsets {
		e.offsets[i] = -1
	}
	e.offsets[0] = r.Offset
	if len(e.offsets) == 1 && len(r.Value) <= smallValue {
		e.small = append([]byte{}, r.Value...)
	}
	x.entries[key] = e
	x.size += e.size(key)
}

func (x *index) remove(key string) {
	if e := x.entries[key]; e != nil {
		x.size -= e.size(key)
		delete(x.entries, key)
	}
}

// chunks returns the number of chunks of a value, zero if there is none.
func (x *index) chunks(key string) int {
	if e := x.entries[key]; e != nil {
		return len(e.offsets)
	}
	return 0
}

func (e *entry) size(key string) int64 {
	return int64(entryOverhead + len(key) + 8*len(e.offsets) + len(e.small))
}

// entrySize returns the size of the entry of a value that is divided into chunks.
func entrySize(key string, value []byte, chunkSize int) int64 {
	e := entry{offsets: make([]int64, chunkCount(value, chunkSize))}
	if len(value) <= smallValue {
		e.small = value
	}
	return e.size(key)
}
