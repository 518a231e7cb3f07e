// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
)

// ReadDocuments reads the lines inside documents. The first document must begin at the checkpoint's offset.
func (r *Reader) ReadDocuments(ctx context.Context, in *Input, documents *envelope.Reader) error {
	c := in.Checkpoint
	c.Enveloped = true
	for {
		lines, err := documents.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return inputError(err)
		}
		if err := r.acceptDocuments(ctx, in, documents.Account(), lines); err != nil {
			return err
		}
		counts := documents.Counts()
		r.ingester.Count(ctx, in, counts, 0)
		c.add(counts)
		in.advance(documents.Source())
		c.LinesAhead -= int64(bytes.Count(lines, []byte{'\n'}))
	}
}

// acceptDocuments sends the lines of the documents that follow the checkpoint's offset, batch by batch. The offset stays
// at the start of the documents, and LinesAhead counts the accepted lines.
func (r *Reader) acceptDocuments(ctx context.Context, in *Input, account string, lines []byte) error {
	c := in.Checkpoint
	for range min(c.LinesAhead, int64(bytes.Count(lines, []byte{'\n'}))) {
		lines = lines[bytes.IndexByte(lines, '\n')+1:]
	}
	split := blocks(r.ingester.config.MaxBatchSize)
	for len(lines) > 0 {
		length, batch, err := split(lines, true)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if err := r.accept(ctx, in, account, batch, 0); err != nil {
			return err
		}
		c.LinesAhead += int64(bytes.Count(batch, []byte{'\n'}))
		lines = lines[length:]
		r.saveIfDue(ctx, in)
	}
	return nil
}
