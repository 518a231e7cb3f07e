// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package parquet reads flow log records from Parquet files.
package parquet

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"

	"github.com/parquet-go/parquet-go"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	// maxBatch bounds the rows of a batch.
	maxBatch = 8192
	// readBuffer is the amount of a column that is read at once, in bytes.
	readBuffer = 32 << 10
)

// File reads the rows of a Parquet file in batches. It keeps one page of each column and the batch in memory. It is not
// safe for concurrent use.
type File struct {
	format  *flow.Format
	columns []column
	file    *parquet.File
	sum     [sha256.Size]byte
	// nextGroup is the index of the next row group, left the number of unread rows in the current one.
	nextGroup int
	left      int64
	// rows is the number of rows in the batch. The values of the batch are substrings of text.
	rows   int
	text   string
	buffer []byte
	// err is the error that ended reading.
	err error
}

// Open reads the footer of a file. It returns ErrNoFooter, ErrNoField, or another error if the file is invalid or cannot
// be read.
func Open(r io.ReaderAt, size int64) (*File, error) {
	sum, err := checkFooter(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{sum: sum}
	err = recoverPanic(func() error { return f.open(r, size) })
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) open(r io.ReaderAt, size int64) (err error) {
	f.file, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(readBuffer))
	if err != nil {
		return fmt.Errorf("decode Parquet footer: %w", err)
	}
	f.format, f.columns, err = compileColumns(f.file.Root().Columns())
	return err
}

// Format returns the columns as the fields of a format, in their order.
func (f *File) Format() *flow.Format { return f.format }

// Sum returns a hash that differs between any two files, unless one is a copy of the other.
func (f *File) Sum() [sha256.Size]byte { return f.sum }

// Skip skips rows. It must be called before the first Read.
func (f *File) Skip(rows int64) error {
	groups := f.file.RowGroups()
	for f.nextGroup < len(groups) && rows >= groups[f.nextGroup].NumRows() {
		rows -= groups[f.nextGroup].NumRows()
		f.nextGroup++
	}
	if rows > 0 && f.nextGroup < len(groups) {
		f.err = recoverPanic(func() error { return f.openRowGroup(rows) })
	}
	return f.err
}

// Read reads the next batch, of at most the given number of rows. A batch ends with its row group. It returns io.EOF at
// the end of the file, and another error if the file is invalid or cannot be read. Later calls return the same error.
func (f *File) Read(rows int) error {
	f.rows = 0
	if f.err == nil {
		f.err = recoverPanic(func() error { return f.readBatch(rows) })
	}
	if f.err != nil {
		f.closeColumns()
	}
	return f.err
}

// Len returns the number of rows in the batch.
func (f *File) Len() int { return f.rows }

// Record fills dst with the values of a row of the batch. The error says which value is bad.
func (f *File) Record(row int, dst *flow.Record) *flow.LineError {
	dst.Reset(f.format, f.text)
	last := -1
	for i := range f.columns {
		v, target := &f.columns[i].values[row], f.columns[i].target
		if v.state == noValue || target == last {
			continue
		}
		last = target
		if err := v.store(dst, target, f.text); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) readBatch(rows int) (err error) {
	for f.left == 0 {
		if f.nextGroup == len(f.file.RowGroups()) {
			return io.EOF
		}
		if err := f.openRowGroup(0); err != nil {
			return err
		}
	}
	rows = int(min(int64(rows), maxBatch, f.left))
	f.buffer = f.buffer[:0]
	for i := range f.columns {
		if f.buffer, err = f.columns[i].read(rows, f.buffer); err != nil {
			return err
		}
	}
	f.text = string(f.buffer)
	f.left -= int64(rows)
	f.rows = rows
	return nil
}

// openRowGroup opens the next row group after the given number of its rows.
func (f *File) openRowGroup(skip int64) error {
	f.closeColumns()
	group, described := f.file.RowGroups()[f.nextGroup], f.file.Metadata().RowGroups[f.nextGroup]
	f.nextGroup++
	rows, chunks := group.NumRows(), group.ColumnChunks()
	if rows < 0 || len(chunks) != len(described.Columns) {
		return errors.New("decode Parquet footer: a row group lacks rows or columns")
	}
	for i := range f.columns {
		c := &f.columns[i]
		values := rows
		if c.repeated {
			values = math.MaxInt64 // A row has any number of values.
		}
		if err := checkPageHeaders(f.file, &described.Columns[c.index].MetaData, values); err != nil {
			return c.wrap(err)
		}
		if err := c.open(chunks[c.index], skip); err != nil {
			return err
		}
	}
	f.left = rows - skip
	return nil
}

func (f *File) closeColumns() {
	for i := range f.columns {
		f.columns[i].close()
	}
}

// recoverPanic calls read and returns its error. It also converts panics and memory faults to errors, because the
// Parquet library trusts the numbers in a file.
func recoverPanic(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("decode Parquet file: %v", p)
		}
	}()
	return read()
}
