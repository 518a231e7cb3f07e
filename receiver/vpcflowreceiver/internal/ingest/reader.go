// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"time"
)

// saveInterval is the minimum time between two saves while an input is read. It bounds how much is read again after a
// crash.
const saveInterval = 100 * time.Millisecond

// Reader reads one input at a time. It sends the records in order, and moves the checkpoint past those that the next
// consumer has accepted. It is not safe for concurrent use.
type Reader struct {
	ingester *Ingester
	buffers  buffers
	lastSave time.Time
}

// NewReader returns a Reader that sends records through an Ingester.
func NewReader(in *Ingester) *Reader {
	return &Reader{ingester: in}
}

// DelaySave restarts the interval between two saves. A source calls it before reading an input, so that a short input is
// saved only once, at its end.
func (r *Reader) DelaySave() { r.lastSave = r.ingester.Now() }

// Save saves the checkpoint of an input, even if ctx has ended. Failures are logged and do not stop reading.
func (r *Reader) Save(ctx context.Context, in *Input) {
	if err := in.Save(context.WithoutCancel(ctx)); err != nil {
		r.ingester.LogFailure(ctx, in.Name, "save checkpoint", err)
	}
	r.lastSave = r.ingester.Now()
}

func (r *Reader) saveIfDue(ctx context.Context, in *Input) {
	if r.ingester.Now().Sub(r.lastSave) >= saveInterval {
		r.Save(ctx, in)
	}
}

// accept sends the records of whole lines, decoded in the format at the checkpoint. number is the number of the first
// line in the input, or 0 if unknown.
func (r *Reader) accept(ctx context.Context, in *Input, account string, lines []byte, number int64) error {
	c := in.Checkpoint
	counts, next, err := r.ingester.SendLines(ctx, in, c.format, account, lines, number)
	if err != nil {
		return err
	}
	c.add(counts)
	if counts.Headers > 0 {
		c.format = next
	}
	return nil
}
