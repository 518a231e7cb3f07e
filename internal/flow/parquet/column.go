// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// parquetColumn reads the values of one field, page by page.
type parquetColumn struct {
	field *field
	// index is the place among the columns of a row group.
	index int
	// divisor makes milliseconds of the times of a column that counts in less.
	divisor int64
	// unsigned says that negative numbers are great ones.
	unsigned bool

	pages  parquet.Pages
	page   parquet.Page
	reader parquet.ValueReader
	// chunk are values of the page, of which those from next on are to be taken.
	chunk [256]parquet.Value
	next  int
	ahead int
	// values are those of the batch.
	values []parquetValue
}

// parquetColumns compiles the columns into a format. Those that no field can be are passed over: nested or repeated
// ones, and names like the __index_level_0__ that pandas writes.
func parquetColumns(all []*parquet.Column) (*Format, []parquetColumn, error) {
	var (
		names   []string
		columns []parquetColumn
		isFlow  bool
	)
	for _, column := range all {
		name := column.Name()
		if _, ok := known[canonical(name)]; ok {
			isFlow = true
		}
		if column.Leaf() && !column.Repeated() && plausible(name) {
			names = append(names, name)
			columns = append(columns, parquetColumn{index: column.Index(), divisor: 1})
		}
	}
	if !isFlow {
		return nil, nil, noField(all)
	}
	compiled, err := NewFormat(names)
	if err != nil {
		return nil, nil, fmt.Errorf("the columns of the Parquet file: %w", err)
	}
	byIndex := map[int]*parquet.Column{}
	for _, column := range all {
		byIndex[column.Index()] = column
	}
	for i := range columns {
		columns[i].field = &compiled.columns[i]
		columns[i].interpret(byIndex[columns[i].index].Type())
	}
	return compiled, columns, nil
}

// ErrNoField says that a file may be a good one, but is no flow log.
var ErrNoField = errors.New("no column of the Parquet file is a field of flow logs")

// noField names the first columns of a file that is no flow log.
func noField(all []*parquet.Column) error {
	var names []string
	for _, column := range all[:min(len(all), 10)] {
		names = append(names, fmt.Sprintf("%q", column.Name()))
	}
	return fmt.Errorf("%w: it has %d, such as %s", ErrNoField, len(all), strings.Join(names, ", "))
}

// interpret takes note of what is said of a column beside its physical type.
func (c *parquetColumn) interpret(columnType parquet.Type) {
	logical := columnType.LogicalType()
	if logical == nil {
		return
	}
	switch t := logical.Value.(type) {
	case *format.IntType:
		c.unsigned = !t.IsSigned
	case *format.TimestampType:
		switch t.Unit.Value.(type) {
		case *format.MicroSeconds:
			c.divisor = 1e3
		case *format.NanoSeconds:
			c.divisor = 1e6
		}
	}
}

// open begins to read the column in a row group, behind so many of its rows.
func (c *parquetColumn) open(chunk parquet.ColumnChunk, skip int64) error {
	c.pages = chunk.Pages()
	if skip > 0 {
		return c.fault(c.pages.SeekToRow(skip))
	}
	return nil
}

func (c *parquetColumn) close() {
	c.release()
	if c.pages != nil {
		// The pages are in memory: there is nothing that closing them could fail at.
		_ = c.pages.Close()
	}
	c.pages = nil
}

func (c *parquetColumn) release() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.page, c.reader, c.next, c.ahead = nil, nil, 0, 0
}

// read takes the values of so many rows, and appends their text.
func (c *parquetColumn) read(rows int, text []byte) ([]byte, error) {
	c.values = c.values[:0]
	last := parquetValue{}
	for len(c.values) < rows {
		if c.next == c.ahead {
			if err := c.fill(); err != nil {
				return text, c.fault(err)
			}
		}
		end := min(c.ahead, c.next+rows-len(c.values))
		for i := c.next; i < end; i++ {
			var value parquetValue
			value, text = c.take(c.chunk[i], text, last)
			if value.state == textValue {
				last = value
			}
			c.values = append(c.values, value)
		}
		c.next = end
	}
	return text, nil
}

// fill reads the next values of the page, or of the next one.
func (c *parquetColumn) fill() error {
	for {
		if c.reader == nil {
			page, err := c.pages.ReadPage()
			if err != nil {
				return err
			}
			c.page, c.reader = page, page.Values()
		}
		n, err := c.reader.ReadValues(c.chunk[:])
		c.next, c.ahead = 0, n
		switch {
		case n > 0:
			return nil
		case errors.Is(err, io.EOF):
			c.release()
		case err != nil:
			return err
		default:
			return io.ErrNoProgress
		}
	}
}

// fault says of which column the fault is. A column that ends before its row group does is cut off.
func (c *parquetColumn) fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("column %s of the Parquet file is corrupt: %w", c.field.name, err)
}
