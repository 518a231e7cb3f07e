// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// block is a part of an input: lines to decode, and how the checkpoint changes when their records are accepted.
type block struct {
	// lines are whole lines; there may be none. format is the format of the first one, and account the account of those
	// that do not contain one. now is when they were read.
	lines   []byte
	format  *flow.Format
	account string
	now     pcommon.Timestamp
	// passed is the text that the checkpoint's offset moves past, and ahead is the change of LinesAhead.
	passed []byte
	ahead  int64
	// csvHeader is the CSV header of the rows after passed.
	csvHeader string
	// inLongLine means that passed ends inside a line that is too long.
	inLongLine bool
	// others counts what was found in passed but is not in lines.
	others flow.Counts
	// err is why no more blocks follow; nil at the end of the input.
	err error

	// logs, counts and next are the result of decoding the lines. decoded is closed when they are set by another goroutine.
	logs    plog.Logs
	counts  flow.Counts
	next    *flow.Format
	decoded chan struct{}

	// buffer is the memory of lines and passed, if they belong to this block. It is reused.
	buffer []byte
}

var blockPool = sync.Pool{New: func() any { return &block{buffer: make([]byte, 0, blockBuffer)} }}

// newBlock returns a block with an empty buffer.
func newBlock() *block { return blockPool.Get().(*block) }

// release makes the buffer of a block, if it has one, available to other blocks.
func (b *block) release() {
	if b.buffer == nil {
		return
	}
	*b = block{buffer: b.buffer[:0]}
	blockPool.Put(b)
}

// decode decodes the lines of a block. Sending may modify the records, so each retry decodes the lines again.
func (in *Ingester) decode(input *Input, b *block) {
	if len(b.lines) == 0 {
		return
	}
	b.logs, b.counts, b.next = in.decoder.Decode(b.format, b.account, b.lines, b.now)
	input.addAttributes(b.logs)
}
