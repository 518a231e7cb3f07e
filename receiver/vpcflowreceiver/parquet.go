// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// parquetMagic is what a Parquet file begins with.
var parquetMagic = []byte(parquet.Magic)

// isParquet looks at the name of the file and at its first bytes.
func (t *tokens) isParquet() bool {
	switch {
	case strings.HasSuffix(t.path, ".parquet"):
		return true
	case t.begin == 0:
		return bytes.HasPrefix(t.blocks[0], parquetMagic)
	}
	return bytes.Equal(readHead(t.path, int64(len(parquetMagic))), parquetMagic)
}

// readParquet reads the rows of a Parquet file from where it was left. As long as it has no footer, it is being written:
// that is looked at again each time the file has grown. What the file consumer reads of the file itself is passed over.
func (s *files) readParquet(ctx context.Context, f *file, t tokens) error {
	if t.begin > 0 && t.end() <= f.compressed {
		return nil
	}
	input, size, err := t.open()
	if err != nil {
		return err
	}
	defer input.Close()
	fault, err := s.readParquetFile(ctx, f, t, input, size)
	if err != nil {
		return err
	}
	f.compressed = size
	s.conclude(ctx, f, t.path, f.parquetOutcome(fault), fault)
	return nil
}

// readParquetFile hands on the rows of a file. It gives what is wrong with the file; err is what else went wrong, after
// which the file is to be tried again.
func (s *files) readParquetFile(ctx context.Context, f *file, t tokens, input io.ReaderAt, size int64) (fault, err error) {
	rows, fault := parquet.Open(input, size)
	if fault == nil {
		s.recognizeParquet(ctx, f, rows, t.path)
		fault, err = s.readRows(ctx, f, rows, t.origin())
	}
	if unreadable := (*fs.PathError)(nil); errors.As(fault, &unreadable) {
		return nil, fault
	}
	return fault, err
}

// recognizeParquet finds the progress of a file. Its columns, as a header does, tell the format.
func (s *files) recognizeParquet(ctx context.Context, f *file, rows *parquet.File, path string) {
	sum := rows.Sum()
	head := append([]byte(parquet.Magic), sum[:]...)
	key := headKey(head)
	if f.key == key || bytes.Equal(f.Head, head) {
		return
	}
	found, err := s.positions.load(ctx, key)
	if err != nil {
		s.fault(ctx, path, err)
	}
	if found == nil {
		found = &file{progress: progress{Parquet: true, Head: head, Headers: 1}}
	}
	*f = *found
}

// parquetOutcome is that of a file that was read to its end, or to a fault.
func (f *file) parquetOutcome(fault error) outcome {
	switch {
	case fault == nil:
		return f.outcome()
	case errors.Is(fault, parquet.ErrNoFooter):
		return outcomeIncomplete
	case errors.Is(fault, parquet.ErrNoField):
		return outcomeUndecodable
	}
	return outcomeCorrupt
}
