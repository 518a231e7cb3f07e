// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "unsafe"

// extras holds what only some keys of a table need, by the numbers of their entries. The entries then have no pointers, and
// the garbage collector skips them.
type extras[X any] struct {
	chunks []*[extrasChunk]*sized[X]
	// size returns the memory of a value in bytes, without the value itself.
	size func(*X) int64
	heap int64 // memory of all values, in bytes
}

const extrasChunk = 1024

// sized is a value with its memory at the last call of resize.
type sized[X any] struct {
	value X
	bytes int64
}

// bindExtras makes a table keep extras. number returns where a value has the number of its extra.
func bindExtras[V, X any](k *keyed[V], x *extras[X], size func(*X) int64, number func(*V) *uint32) {
	x.size = size
	k.heap = func() int64 { return x.heap }
	dropped := k.table.Dropped
	k.table.Dropped = func(n uint32, value *V) {
		dropped(n, value)
		x.remove(*number(value))
	}
	next := extras[X]{size: size}
	k.moved = func(from, to uint32, value *V) {
		if extra := number(value); *extra != 0 {
			next.place(to, x.at(from))
			*extra = to
		}
	}
	k.compacted = func() { *x, next = next, extras[X]{size: size} }
}

// get returns what entry n has, or nil. n may be 0.
func (x *extras[X]) get(n uint32) *X {
	if n == 0 {
		return nil
	}
	if found := x.at(n); found != nil {
		return &found.value
	}
	return nil
}

func (x *extras[X]) at(n uint32) *sized[X] { return x.chunks[n/extrasChunk][n%extrasChunk] }

// put gives entry n an extra.
func (x *extras[X]) put(n uint32, value X) *X {
	x.remove(n)
	added := &sized[X]{value: value, bytes: int64(unsafe.Sizeof(sized[X]{}))}
	added.bytes += x.size(&added.value)
	x.place(n, added)
	return &added.value
}

func (x *extras[X]) place(n uint32, value *sized[X]) {
	chunk := int(n / extrasChunk)
	for chunk >= len(x.chunks) {
		x.chunks = append(x.chunks, nil)
	}
	if x.chunks[chunk] == nil {
		x.chunks[chunk] = new([extrasChunk]*sized[X])
		x.heap += int64(unsafe.Sizeof([extrasChunk]*sized[X]{}))
	}
	x.chunks[chunk][n%extrasChunk] = value
	x.heap += value.bytes
}

// resize accounts for the memory of the extra of entry n, which has changed.
func (x *extras[X]) resize(n uint32) {
	changed := x.at(n)
	bytes := int64(unsafe.Sizeof(sized[X]{})) + x.size(&changed.value)
	x.heap += bytes - changed.bytes
	changed.bytes = bytes
}

// remove removes the extra of entry n, if it has one. n may be 0.
func (x *extras[X]) remove(n uint32) {
	chunk := int(n / extrasChunk)
	if n == 0 || chunk >= len(x.chunks) || x.chunks[chunk] == nil || x.at(n) == nil {
		return
	}
	x.heap -= x.at(n).bytes
	x.chunks[chunk][n%extrasChunk] = nil
}
