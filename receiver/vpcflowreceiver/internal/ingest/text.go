// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"

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
		if !c.Enveloped && looksBinary(head) {
			head, _ = text.Peek(searchSize)
			c.Binary = !hasFlow(string(head), r.ingester.formatAt(c))
		} else {
			c.Binary = false
		}
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
	return r.pipeline(ctx, in, r.textBlocks(in, text))
}

const (
	// headSize is the number of bytes that are enough to recognize documents.
	headSize = 1000
	// searchSize is the number of bytes that are searched for a good line if the first ones are not text. It is more than a
	// line.
	searchSize = flow.MaxLine + headSize
)

// textBlocks returns the blocks of a text that begins at the checkpoint.
func (r *Reader) textBlocks(in *Input, text io.Reader) iter.Seq[*block] {
	// The checkpoint changes while the blocks are read.
	format, inLongLine := r.ingester.formatAt(in.Checkpoint), in.Checkpoint.InLongLine
	return func(yield func(*block) bool) {
		reader := blockReader{input: text, growing: in.Growing, splitter: blockSplitter{maxLines: r.ingester.config.MaxBatchSize}}
		defer reader.close()
		var headers flow.BlockScanner
		for {
			b, err := reader.next()
			if err != nil {
				yield(&block{err: inputError(err)})
			}
			if b == nil {
				return
			}
			if inLongLine {
				end := endOfLine(b.passed)
				inLongLine = b.passed[end-1] != '\n'
				if !yield(&block{passed: b.passed[:end], inLongLine: inLongLine}) {
					return
				}
				b.passed = b.passed[end:]
			}
			switch length := len(b.passed); {
			case length == 0:
				continue
			case length > flow.MaxLine && b.passed[length-1] != '\n':
				inLongLine, b.inLongLine, b.others = true, true, tooLong(b.passed)
			default:
				b.lines, b.format, b.now = b.passed, format, pcommon.NewTimestampFromTime(r.ingester.Now())
				if reader.splitter.mayHaveHeader {
					format = headers.FormatAfter(format, string(b.lines))
				}
			}
			if !yield(b) {
				return
			}
		}
	}
}

// endOfLine returns the length of the first line, with its line end if it has one.
func endOfLine(text []byte) int {
	if end := bytes.IndexByte(text, '\n'); end >= 0 {
		return end + 1
	}
	return len(text)
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
