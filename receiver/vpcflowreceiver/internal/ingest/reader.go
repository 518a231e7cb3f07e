// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"time"
)

// saveInterval is how often a checkpoint is saved while its input is read. It bounds what is read twice after a crash.
const saveInterval = 100 * time.Millisecond

// Reader reads inputs, one after the other: it sends their records in order and moves the checkpoint of an input behind
// what the next consumer has accepted. It is not for concurrent use.
type Reader struct {
	ingester *Ingester
	buffers  buffers
	lastSave time.Time
}

// NewReader returns a Reader that sends records by way of an Ingester.
func NewReader(in *Ingester) *Reader {
	return &Reader{ingester: in}
}

// DelaySave lets the next interval between two saves begin now, so that the checkpoint of a short input is saved only
// once, by the source when it has read all of it.
func (r *Reader) DelaySave() { r.lastSave = r.ingester.Now() }

// Save saves the checkpoint of an input, even if ctx has ended. Failures are logged: reading can go on.
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

// accept sends the records of whole lines, decoded in the format that is in force at the checkpoint. The first of them
// has the given number in the input; 0 where that is not known.
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
