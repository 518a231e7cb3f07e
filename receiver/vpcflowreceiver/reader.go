// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// saveInterval bounds what is read twice after a crash: positions are saved at least this often while a file is read.
const saveInterval = 100 * time.Millisecond

// reader deals with what is in a file or an object, in the order in which it comes: it hands on the records and moves
// the position behind what the next consumer has accepted. It is not for concurrent use.
type reader struct {
	intake   *intake
	decoder  *decoder
	format   *flow.Format
	split    bufio.SplitFunc
	maxBatch int
	unzip    unzip
	// store keeps the position of a file or object.
	store func(ctx context.Context, f *file) error
	// conclude is told what came of a file or object.
	conclude func(ctx context.Context, f *file, name string, o outcome, reason error)
	lastSave time.Time
	faults   sampler
}

func newReader(in *intake, decoder *decoder, maxBatch int) *reader {
	return &reader{intake: in, decoder: decoder, format: decoder.Format(), split: blocks(maxBatch), maxBatch: maxBatch}
}

// accept deals with one block of a file's text, which begins at the file's position, and moves the position past it.
func (r *reader) accept(ctx context.Context, f *file, block []byte, from origin) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.midLine {
		end := bytes.IndexByte(block, '\n') + 1
		f.midLine = end == 0
		if f.midLine {
			end = len(block)
		}
		f.advance(block[:end])
		block = block[end:]
	}
	if len(block) == 0 {
		return nil
	}
	if f.Position == 0 && isBinary(block) {
		r.conclude(ctx, f, from.name, outcomeBinary, nil)
	}
	from.line = f.Lines + 1
	var counts flow.Counts
	switch {
	case f.Outcome == outcomeBinary:
	case len(block) > flow.MaxLine && block[len(block)-1] != '\n':
		f.midLine = true
		counts = tooLong(block)
		r.intake.count(ctx, counts, from)
	default:
		var err error
		if counts, err = r.take(ctx, f, block, from); err != nil {
			return err
		}
	}
	f.add(counts)
	f.advance(block)
	r.saveInTime(ctx, f, from.name)
	return nil
}

// take gives a block of a file's lines to the intake, in the format that they have there.
func (r *reader) take(ctx context.Context, f *file, block []byte, from origin) (flow.Counts, error) {
	r.decoder.SetFormat(r.formatOf(f))
	counts, err := r.intake.take(ctx, r.decoder, block, from)
	if err == nil && counts.Headers > 0 {
		f.format = r.decoder.Format()
	}
	return counts, err
}

// formatOf is what the file's header has told, or else the configured format.
func (r *reader) formatOf(f *file) *flow.Format {
	if f.format != nil {
		return f.format
	}
	return r.format
}

// readAll hands on what is in a text, uncompressed by now, from the file's position on, which the text begins at; head
// is the beginning of the file. fault is why the text cannot be read to its end; err is that of accept.
func (r *reader) readAll(ctx context.Context, f *file, head []byte, from origin) (fault, err error) {
	if envelope.Is(head) {
		return r.unpack(ctx, f, envelope.NewReader(r.unzip.text), from)
	}
	lines := r.unzip.lines(r.split)
	for f.Outcome != outcomeBinary && lines.Scan() {
		if err := r.accept(ctx, f, lines.Bytes(), from); err != nil {
			return nil, err
		}
	}
	return lines.Err(), nil
}

// unpack hands on the lines of a file that are inside of documents, from its position on. fault is what is wrong with the
// file; err is that of acceptLines.
func (r *reader) unpack(ctx context.Context, f *file, lines *envelope.Reader, from origin) (fault, err error) {
	f.Enveloped = true
	from.line = 0
	for {
		block, fault := lines.Next()
		if errors.Is(fault, io.EOF) {
			return nil, nil
		}
		if fault != nil {
			return fault, nil
		}
		r.decoder.SetAccount(lines.Account())
		err := r.acceptLines(ctx, f, block, lines.Source(), from)
		r.decoder.SetAccount("")
		if err != nil {
			return nil, err
		}
		counts := lines.Counts()
		r.intake.count(ctx, counts, from)
		f.add(counts)
		f.advance(lines.Source())
		f.Within -= int64(bytes.Count(block, []byte{'\n'}))
	}
}

// acceptLines deals with the lines that came out of the part of a file behind its position, batch by batch. The position
// is that of a document, so how many of the lines are dealt with is counted beside it.
func (r *reader) acceptLines(ctx context.Context, f *file, lines, source []byte, from origin) error {
	for range min(f.Within, int64(bytes.Count(lines, []byte{'\n'}))) {
		lines = lines[bytes.IndexByte(lines, '\n')+1:]
	}
	f.behold(source)
	for len(lines) > 0 {
		length, batch, err := r.split(lines, true)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		counts, err := r.take(ctx, f, batch, from)
		if err != nil {
			return err
		}
		f.add(counts)
		f.Within += int64(bytes.Count(batch, []byte{'\n'}))
		lines = lines[length:]
		r.saveInTime(ctx, f, from.name)
	}
	return nil
}

// readRows hands on the rows of a Parquet file from its position on. fault is what is wrong with the file; err is that of
// acceptRows.
func (r *reader) readRows(ctx context.Context, f *file, rows *parquet.File, from origin) (fault, err error) {
	fault = rows.Skip(f.Position)
	for fault == nil {
		if fault = rows.Read(r.maxBatch); errors.Is(fault, io.EOF) {
			return nil, nil
		}
		if fault == nil {
			if err := r.acceptRows(ctx, f, rows, from); err != nil {
				return nil, err
			}
		}
	}
	return fault, nil
}

// acceptRows deals with one batch, which begins at the file's position, and moves the position past it.
func (r *reader) acceptRows(ctx context.Context, f *file, rows *parquet.File, from origin) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	from.line = f.Position + 1
	counts, err := r.intake.hand(ctx, from, func(now pcommon.Timestamp) (plog.Logs, flow.Counts) {
		return r.decoder.DecodeRows(rows, now)
	})
	if err != nil {
		return err
	}
	f.add(counts)
	f.Position += int64(rows.Len())
	f.Lines = f.Position
	r.saveInTime(ctx, f, from.name)
	return nil
}

// saveInTime stores the position of a file if that was not done for a while.
func (r *reader) saveInTime(ctx context.Context, f *file, name string) {
	if r.intake.now().Sub(r.lastSave) >= saveInterval {
		r.save(ctx, f, name)
	}
}

// save stores the position of a file, also when we are being shut down.
func (r *reader) save(ctx context.Context, f *file, name string) {
	if err := r.store(context.WithoutCancel(ctx), f); err != nil {
		r.fault(ctx, name, fmt.Errorf("save position: %w", err))
	}
	r.lastSave = r.intake.now()
}

// fault logs what is wrong with a file or with the storage. That we are shut down is nothing wrong.
func (r *reader) fault(ctx context.Context, name string, err error) {
	if ctx.Err() != nil {
		return
	}
	if since, ok := r.faults.pass(r.intake.now(), 1); ok {
		r.intake.logger.Error("A file met an error and will be tried again",
			zap.String("file", name), zap.Error(err), zap.Int64("faults_since_last_message", since))
	}
}

// tooLong counts a line of which only the beginning is known, and that it is too long.
func tooLong(beginning []byte) flow.Counts {
	const sample = 64
	return flow.Counts{
		Bad:          map[flow.Reason]int{flow.TooLong: 1},
		FirstBad:     &flow.LineError{Reason: flow.TooLong, Value: string(bytes.ToValidUTF8(beginning[:sample], []byte{'?'}))},
		FirstBadLine: 1,
	}
}
