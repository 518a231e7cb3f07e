// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
)

// ReadDocuments reads the lines inside documents. The first document must begin at the checkpoint's offset.
func (r *Reader) ReadDocuments(ctx context.Context, in *Input, documents *envelope.Reader) error {
	in.Checkpoint.Enveloped = true
	if header := in.Checkpoint.CSVHeader; header != "" {
		documents.ResumeCSV(header)
	}
	// The next document overwrites the lines of the last one, so the blocks cannot be decoded ahead.
	return r.inSequence(ctx, in, r.documentBlocks(in.Checkpoint, documents))
}

// documentBlocks returns the blocks of documents. The offset stays at the start of a document until all its lines are
// accepted. LinesAhead counts the accepted lines until then.
func (r *Reader) documentBlocks(c *Checkpoint, documents *envelope.Reader) iter.Seq[*block] {
	return func(yield func(*block) bool) {
		split := blocks(r.ingester.config.MaxBatchSize)
		for {
			lines, err := documents.Next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield(&block{err: inputError(err)})
				}
				return
			}
			total := int64(bytes.Count(lines, []byte{'\n'}))
			for range min(c.LinesAhead, total) {
				lines = lines[endOfLine(lines):]
			}
			for isLast := false; !isLast; {
				length, batch, _ := split(lines, true)
				lines = lines[length:]
				b := &block{
					lines: batch, format: r.ingester.formatAt(c), account: documents.Account(), now: pcommon.NewTimestampFromTime(r.ingester.Now()),
					ahead: int64(bytes.Count(batch, []byte{'\n'})),
				}
				if format := documents.Format(); format != nil {
					b.format = format
				}
				if isLast = len(lines) == 0; isLast {
					b.csvHeader = documents.CSVHeader()
					b.passed, b.others = documents.Source(), documents.Counts()
					b.ahead -= total
				}
				if !yield(b) {
					return
				}
			}
		}
	}
}
