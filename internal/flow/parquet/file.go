// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/parquet-go/parquet-go"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// maxBatch bounds the records of a batch, and maxBatchText their text, in bytes: records of AWS have some hundreds.
const (
	maxBatch     = 8192
	maxBatchText = 32 << 20
)

// readBuffer is how much of a column is read at a time, in bytes.
const readBuffer = 32 << 10

// Parquet makes log records of the rows of a Parquet file, those that a Decoder would make of the same records as text.
// It holds a page of each column at a time. It is not for concurrent use.
type Parquet struct {
	format  *Format
	columns []parquetColumn
	file    *parquet.File
	// group is the row group that is read next.
	group int
	sum   [sha256.Size]byte
	// left is how many rows of the row group that is being read are left.
	left int64
	// size is how many rows the batch has, text what the values of the columns are cut from.
	size int
	text string
	// unknown is what Counts of the first batch tell.
	unknown []string
	// err is why reading has ended.
	err error

	scope   Scope
	buffer  []byte
	cells   []cell
	builder xpdata.MapBuilder
	groups  groups
}

// OpenParquet reads what a Parquet file says of itself. Its errors say what is wrong with the file, or that it cannot be
// read; see ErrNoFooter.
func OpenParquet(r io.ReaderAt, size int64, scope Scope) (*Parquet, error) {
	sum, err := checkFooter(r, size)
	if err != nil {
		return nil, err
	}
	p := &Parquet{scope: scope, sum: sum}
	err = guarded(func() error { return p.open(r, size) })
	if err != nil {
		return nil, err
	}
	p.unknown = p.format.Unknown()
	return p, nil
}

func (p *Parquet) open(r io.ReaderAt, size int64) (err error) {
	p.file, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(readBuffer))
	if err != nil {
		return fmt.Errorf("the footer of the Parquet file is corrupt: %w", err)
	}
	p.format, p.columns, err = parquetColumns(p.file.Root().Columns())
	return err
}

// Format has the columns as fields, in their order.
func (p *Parquet) Format() *Format { return p.format }

// Sum tells files apart: no two have the same, unless one is a copy of the other.
func (p *Parquet) Sum() [sha256.Size]byte { return p.sum }

// Skip passes over rows. It is meant for a file of which nothing has been read so far.
func (p *Parquet) Skip(rows int64) error {
	groups := p.file.RowGroups()
	for p.group < len(groups) && rows >= groups[p.group].NumRows() {
		rows -= groups[p.group].NumRows()
		p.group++
	}
	if rows > 0 && p.group < len(groups) {
		p.err = guarded(func() error { return p.openRowGroup(rows) })
	}
	return p.err
}

// Read reads the next batch, of so many rows at most; of less where a row group ends. It ends with io.EOF. Any other
// error is a fault of the file, or that it cannot be read, and comes again each time.
func (p *Parquet) Read(rows int) error {
	p.size = 0
	if p.err == nil {
		p.err = guarded(func() error { return p.read(rows) })
	}
	if p.err != nil {
		p.closeColumns()
	}
	return p.err
}

func (p *Parquet) read(rows int) (err error) {
	for p.left == 0 {
		if p.group == len(p.file.RowGroups()) {
			return io.EOF
		}
		if err := p.openRowGroup(0); err != nil {
			return err
		}
	}
	rows = int(min(int64(rows), maxBatch, p.left))
	p.buffer = p.buffer[:0]
	for i := range p.columns {
		if p.buffer, err = p.columns[i].read(rows, p.buffer); err != nil {
			return err
		}
	}
	p.text = string(p.buffer)
	p.left -= int64(rows)
	p.size = rows
	return nil
}

// openRowGroup begins to read the next row group, behind so many of its rows.
func (p *Parquet) openRowGroup(skip int64) error {
	p.closeColumns()
	group, described := p.file.RowGroups()[p.group], p.file.Metadata().RowGroups[p.group]
	p.group++
	rows, chunks := group.NumRows(), group.ColumnChunks()
	if rows < 0 || len(chunks) != len(described.Columns) {
		return errors.New("the footer of the Parquet file is corrupt: a row group lacks rows or columns")
	}
	for i := range p.columns {
		c := &p.columns[i]
		if err := checkPages(p.file, &described.Columns[c.index].MetaData, rows); err != nil {
			return c.fault(err)
		}
		if err := c.open(chunks[c.index], skip); err != nil {
			return err
		}
	}
	p.left = rows - skip
	return nil
}

func (p *Parquet) closeColumns() {
	for i := range p.columns {
		p.columns[i].close()
	}
}

// Rows is how many rows the batch has.
func (p *Parquet) Rows() int { return p.size }

// Logs makes log records of the batch, as Decoder.Decode does of a block; rows count as its lines. It may be called
// again for the same batch.
func (p *Parquet) Logs(now pcommon.Timestamp) (plog.Logs, Counts) {
	counts := Counts{Unknown: p.unknown}
	p.unknown = nil
	logs := plog.NewLogs()
	p.groups.reset(logs, p.scope, p.size)
	for row := range p.size {
		if err := p.record(row, now); err != nil {
			counts.bad(err, row+1)
			continue
		}
		counts.Records++
	}
	p.groups.reset(plog.Logs{}, Scope{}, 0)
	return logs, counts
}

// record makes a log record of a row.
func (p *Parquet) record(row int, now pcommon.Timestamp) *LineError {
	draft := draft{line: p.text, format: p.format, cells: p.cells[:0]}
	for i := range p.columns {
		value := &p.columns[i].values[row]
		if value.state == noValue {
			continue
		}
		if err := value.put(&draft, i); err != nil {
			return err
		}
	}
	draft.resolve()
	p.cells = draft.cells
	record := p.groups.find(group{draft.account, draft.region, p.format.names}).AppendEmpty()
	record.SetObservedTimestamp(now)
	draft.into(record, &p.builder)
	return nil
}

// guarded makes an error of a panic: the library that reads Parquet trusts the numbers in a file, and some of them lead
// it astray, even to memory that is not its own.
func guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the Parquet file is corrupt: %v", fault)
		}
	}()
	return do()
}
