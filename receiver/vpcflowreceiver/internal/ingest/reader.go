// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
)

// saveInterval is the minimum time between two saves while an input is read. If no component claims the records, it
// bounds how much is read again after a crash.
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

// Save stores the checkpoint of an input once it is confirmed, even if ctx has ended. It does not wait for that. The
// returned channel is closed when the checkpoint is confirmed and stored. Failures are logged and do not stop reading.
func (r *Reader) Save(ctx context.Context, in *Input) <-chan struct{} {
	r.lastSave = r.ingester.Now()
	if in.Track == nil {
		return confirmed
	}
	return in.Track.add(ctx, in.Name, in.snapshot())
}

func (r *Reader) saveIfDue(ctx context.Context, in *Input) {
	if r.ingester.Now().Sub(r.lastSave) >= saveInterval {
		r.Save(ctx, in)
	}
}

// accept sends the records of a block and moves the checkpoint past it.
func (r *Reader) accept(ctx context.Context, in *Input, b *block) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c := in.Checkpoint
	number := int64(0)
	if !c.Enveloped {
		number = c.Lines + 1
	}
	if len(b.lines) > 0 {
		again := func() plog.Logs {
			r.ingester.decode(in, b)
			return b.logs
		}
		if err := r.ingester.deliver(ctx, in, number, b.logs, b.counts, again); err != nil {
			return err
		}
		c.add(b.counts)
		if b.counts.Headers > 0 {
			c.format = b.next
		}
	}
	r.ingester.Count(ctx, in, b.others, number)
	c.add(b.others)
	c.InLongLine = b.inLongLine
	c.LinesAhead += b.ahead
	if c.Enveloped && len(b.passed) > 0 {
		c.CSVHeader = b.csvHeader
	}
	in.advance(b.passed)
	r.saveIfDue(ctx, in)
	return nil
}
