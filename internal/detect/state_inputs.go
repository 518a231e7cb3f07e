// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

const (
	// maxInputs bounds the number of inputs whose position is kept. Beyond it, the one that was read longest ago is
	// evicted. Only inputs that were read shortly before a crash are needed after it.
	maxInputs = 100_000
	// inputsKey is the storage key of the inputs.
	inputsKey = "inputs"
)

// inputs holds the position up to which each input was counted. It is stored together with the state of the rules, so
// that records that are read again after a crash are counted once.
type inputs struct {
	table *lru.Table[position]
	log   *changeLog[position]
}

// position is a number of records, or an offset.
type position struct{ counted int64 }

func newInputs(limit int) *inputs {
	table := lru.New[position](limit)
	return &inputs{table, &changeLog[position]{
		key:    inputsKey,
		table:  table,
		encode: func(e *encode.Encoder, p *position) { e.Uint(uint64(p.counted)) },
		decode: func(d *encode.Decoder, p *position) { p.counted = int64(d.UpTo(math.MaxInt64)) },
	}}
}

func inputKey(id [16]byte) lru.Key { return lru.Key{Scope: 1, Src: id} } // no key has the scope 0

// Counted returns the position up to which an input was counted. It is zero for an unknown input.
func (e *Engine) Counted(input [16]byte) int64 {
	key := inputKey(input)
	if p := e.inputs.table.Get(&key); p != nil {
		return p.counted
	}
	return 0
}

// Count records that an input was counted up to a position. The next Save stores it. The position never moves back.
func (e *Engine) Count(input [16]byte, position int64) {
	key := inputKey(input)
	p, _ := e.inputs.table.Touch(&key)
	p.counted = max(p.counted, position)
}
