// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// column reads the values of one field, page by page.
type column struct {
	converter
	// target is the column of the format. A later column with the same target is only used if the value is absent.
	target int
	// repeated says that a row has a list of values. Only the first one is used.
	repeated bool
	// index is the position among the columns of a row group.
	index int

	pages  parquet.Pages
	page   parquet.Page
	reader parquet.ValueReader
	// chunk holds values of the page. Those between next and ahead have not been used.
	chunk [256]parquet.Value
	next  int
	ahead int
	// values are the values of the batch.
	values []value
}

// open opens the column in a row group after the given number of rows.
func (c *column) open(chunk parquet.ColumnChunk, skip int64) error {
	c.pages = chunk.Pages()
	if skip > 0 {
		return c.wrap(c.pages.SeekToRow(skip))
	}
	return nil
}

func (c *column) close() {
	c.release()
	if c.pages != nil {
		// Closing cannot fail, because the pages are in memory.
		_ = c.pages.Close()
	}
	c.pages = nil
}

// release releases the current page.
func (c *column) release() {
	if c.page != nil {
		parquet.Release(c.page)
	}
	c.page, c.reader, c.next, c.ahead = nil, nil, 0, 0
}

// read reads the values of the given number of rows, and appends their text to text.
func (c *column) read(rows int, text []byte) ([]byte, error) {
	c.values = c.values[:0]
	last := value{}
	for len(c.values) < rows {
		if c.next == c.ahead {
			if err := c.fill(); err != nil {
				return text, c.wrap(err)
			}
		}
		if c.repeated && c.chunk[c.next].RepetitionLevel() > 0 {
			c.next++
			continue
		}
		end := min(c.ahead, c.next+rows-len(c.values))
		if c.repeated {
			end = c.next + 1
		}
		for i := c.next; i < end; i++ {
			var v value
			v, text = c.convert(c.chunk[i], text, last)
			if v.state == textValue {
				last = v
			}
			c.values = append(c.values, v)
		}
		c.next = end
	}
	return text, nil
}

// fill reads the next values of the page, or of the next page.
func (c *column) fill() error {
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

// wrap adds the name of the column to an error. An end of file is unexpected, because the row group has more rows.
func (c *column) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("decode Parquet column %s: %w", c.field.Name, err)
}
