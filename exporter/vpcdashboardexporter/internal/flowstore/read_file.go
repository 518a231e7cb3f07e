// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// reader reads a file by row group and column.
type reader struct {
	in   *os.File
	file *parquet.File
	// positions are the columns of the file, by position in columns.
	positions []int
}

// openReader opens a file. The caller closes the reader.
func openReader(path string) (r *reader, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open %s: %w", path, err), in.Close())
		}
	}()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	r = &reader{in: in}
	return r, recoverPanic(func() (err error) {
		r.file, err = parquet.OpenFile(in, info.Size(), parquet.SkipPageIndex(true))
		if err != nil {
			return err
		}
		for i := range columns {
			c := r.file.Root().Column(columns[i].name)
			if c == nil || !c.Leaf() || c.Optional() || c.Repeated() {
				return fmt.Errorf("column %s is missing", columns[i].name)
			}
			r.positions = append(r.positions, c.Index())
		}
		return nil
	})
}

func (r *reader) close() { _ = r.in.Close() } // it was only read

// group is a row group of a file.
type group struct {
	rows   int
	chunks []parquet.ColumnChunk // in the order of columns
	// meta and positions find the statistics.
	meta      *format.RowGroup
	positions []int
}

func (r *reader) groups() []group {
	list := make([]group, len(r.file.RowGroups()))
	for i, g := range r.file.RowGroups() {
		chunks := g.ColumnChunks()
		list[i].rows, list[i].meta, list[i].positions = int(g.NumRows()), &r.file.Metadata().RowGroups[i], r.positions
		for _, position := range r.positions {
			list[i].chunks = append(list[i].chunks, chunks[position])
		}
	}
	return list
}

// values are the values of a column in a row group. With a dictionary, indexes are positions in it; without one, numbers
// are the values.
type values struct {
	texts   []string
	small   []int32
	indexes []int32
	numbers []int64
}

// read reads a column.
func (g *group) read(position int) (v values, err error) {
	pages := g.chunks[position].Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	for {
		page, err := pages.ReadPage()
		switch {
		case errors.Is(err, io.EOF):
			if got := max(len(v.indexes), len(v.numbers)); got != g.rows {
				return v, fmt.Errorf("column %s has %d values for %d rows", columns[position].name, got, g.rows)
			}
			return v, nil
		case err != nil:
			return v, err
		}
		err = v.add(&columns[position], page)
		parquet.Release(page)
		if err != nil {
			return v, err
		}
	}
}

// add copies the values of a page.
func (v *values) add(c *column, page parquet.Page) error {
	d, data := page.Dictionary(), page.Data()
	if c.large != nil {
		if d != nil {
			return fmt.Errorf("column %s has a dictionary", c.name)
		}
		v.numbers = append(v.numbers, data.Int64()...)
		return nil
	}
	if d == nil {
		return fmt.Errorf("column %s has no dictionary", c.name)
	}
	v.indexes = append(v.indexes, data.Int32()...)
	if len(v.texts)+len(v.small) > 0 {
		return nil // the dictionary of the first page
	}
	for i := range d.Len() {
		if c.text != nil {
			v.texts = append(v.texts, string(d.Index(int32(i)).ByteArray()))
		} else {
			v.small = append(v.small, d.Index(int32(i)).Int32())
		}
	}
	return nil
}

// fill sets a column of all rows.
func (v *values) fill(c *column, rows []Row) {
	for i := range rows {
		v.set(c, i, &rows[i])
	}
}

// set sets a column of one row to the value at a position.
func (v *values) set(c *column, i int, row *Row) {
	switch {
	case c.text != nil:
		*c.text(row) = v.texts[v.indexes[i]]
	case c.small != nil:
		*c.small(row) = v.small[v.indexes[i]]
	default:
		*c.large(row) = v.numbers[i]
	}
}

// readRows reads all rows of a file.
func readRows(path string) (rows []Row, err error) {
	r, err := openReader(path)
	if err != nil {
		return nil, err
	}
	defer r.close()
	err = recoverPanic(func() error {
		rows = make([]Row, r.file.NumRows())
		rest := rows
		for _, g := range r.groups() {
			for i := range columns {
				v, err := g.read(i)
				if err != nil {
					return err
				}
				v.fill(&columns[i], rest[:g.rows])
			}
			rest = rest[g.rows:]
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return rows, nil
}
