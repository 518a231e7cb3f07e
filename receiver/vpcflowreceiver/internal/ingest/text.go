// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
)

// ReadText reads uncompressed text to its end: lines, or documents that contain lines. text must begin at the checkpoint.
func (r *Reader) ReadText(ctx context.Context, in *Input, text io.Reader) error {
	r.buffers.reset(text)
	return r.readText(ctx, in, r.buffers.raw)
}

func (r *Reader) readText(ctx context.Context, in *Input, text *bufio.Reader) error {
	c := in.Checkpoint
	if c.isStart() {
		head, _ := text.Peek(headSize) // The next read returns the same error.
		c.Enveloped = envelope.Is(head)
		c.Binary = !c.Enveloped && isBinary(head)
	}
	switch {
	case c.Binary:
		return nil
	case c.Enveloped:
		documents := envelope.NewReader(text)
		if in.Growing {
			documents.Follow()
		}
		return r.ReadDocuments(ctx, in, documents)
	}
	return r.readLines(ctx, in, text)
}

// headSize is the number of bytes that are enough to recognize documents.
const headSize = 1000

// readLines reads block after block of whole lines.
func (r *Reader) readLines(ctx context.Context, in *Input, text io.Reader) error {
	scanner := bufio.NewScanner(text)
	scanner.Buffer(r.buffers.block, 2*maxBlock)
	split := blocks(r.ingester.config.MaxBatchSize)
	scanner.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		advance, block, err := split(data, atEOF)
		if advance == 0 && atEOF && len(data) > 0 && !in.Growing && scanner.Err() == nil {
			// The last line may lack its line end, but not if an error cut it off.
			return len(data), data, nil
		}
		return advance, block, err
	})
	for scanner.Scan() {
		if err := r.acceptBlock(ctx, in, scanner.Bytes()); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return inputError(err)
	}
	return nil
}

// acceptBlock sends the records of a block and moves the checkpoint past it.
func (r *Reader) acceptBlock(ctx context.Context, in *Input, block []byte) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c := in.Checkpoint
	if c.InLongLine {
		end := bytes.IndexByte(block, '\n') + 1
		c.InLongLine = end == 0
		if c.InLongLine {
			end = len(block)
		}
		in.advance(block[:end])
		block = block[end:]
	}
	if len(block) == 0 {
		return nil
	}
	if len(block) > flow.MaxLine && block[len(block)-1] != '\n' {
		c.InLongLine = true
		counts := tooLong(block)
		r.ingester.Count(ctx, in, counts, c.Lines+1)
		c.add(counts)
	} else if err := r.accept(ctx, in, "", block, c.Lines+1); err != nil {
		return err
	}
	in.advance(block)
	r.saveIfDue(ctx, in)
	return nil
}

// tooLong returns the counts of a line that is too long. beginning is more than MaxLine bytes of it.
func tooLong(beginning []byte) flow.Counts {
	const sample = 64
	return flow.Counts{
		Bad:          map[flow.Reason]int{flow.TooLong: 1},
		FirstBad:     &flow.LineError{Reason: flow.TooLong, Value: string(bytes.ToValidUTF8(beginning[:sample], []byte{'?'}))},
		FirstBadLine: 1,
	}
}
