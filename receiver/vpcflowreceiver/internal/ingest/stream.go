// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrParquet means that a stream is a Parquet file, which only ReadParquet can read.
var ErrParquet = errors.New("the input is a Parquet file")

// ErrShort means that a stream ends before the checkpoint.
var ErrShort = fmt.Errorf("the input ends before its checkpoint: %w", io.ErrUnexpectedEOF)

// ReadStream reads text, which may be compressed with gzip, from the beginning of a stream. It skips the text before the
// checkpoint and reads the rest. It returns ErrShort, as an *InputError, if the stream ends before the checkpoint.
func (r *Reader) ReadStream(ctx context.Context, in *Input, stream io.Reader) error {
	r.buffers.reset(stream)
	magic, _ := r.buffers.raw.Peek(len(parquetMagic)) // The next read returns the same error.
	text := r.buffers.raw
	switch KindOf(magic) {
	case Parquet:
		return ErrParquet
	case Gzip:
		if err := r.buffers.openGzip(); err != nil {
			return inputError(err)
		}
		text = r.buffers.text
	}
	if err := discard(text, in.Checkpoint.Offset); err != nil {
		return inputError(err)
	}
	return r.readText(ctx, in, text)
}

func discard(text *bufio.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, text, n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrShort
	}
	return err
}
