// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// parseCSV parses one entry per line. The header is the first line with a cell that equals the column, in any case. It
// may be a comment, as in the lists of abuse.ch. Only comments and blank lines may precede it.
func parseCSV(text []byte, name, column string, entries *Entries) error {
	cells := newLineParser()
	n, index := 0, -1
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(line)
		comment := bytes.HasPrefix(line, []byte("#"))
		switch {
		case len(line) == 0:
		case index < 0:
			header := cells.parse(bytes.TrimLeft(line, "# "))
			index = slices.IndexFunc(header, func(cell string) bool { return strings.EqualFold(strings.TrimSpace(cell), column) })
			if index < 0 && !comment {
				return fmt.Errorf("line %d is the header, and it has no column %q", n, column)
			}
		case comment:
		default:
			at := position{list: name, n: n}
			if row := cells.parse(line); index < len(row) {
				entries.add(strings.TrimSpace(row[index]), at)
			} else {
				entries.skip(string(line), fmt.Sprintf("has no column %q", column), at)
			}
		}
	}
	if index < 0 && n > 0 {
		return fmt.Errorf("no line is a header with the column %q", column)
	}
	return nil
}

// lineParser parses single lines of CSV. A csv.Reader over the whole text would read on after an unmatched quote, up to
// the next quote or the end, and lose the entries in between.
type lineParser struct {
	line bytes.Reader
	csv  *csv.Reader
}

func newLineParser() *lineParser {
	p := &lineParser{}
	p.csv = csv.NewReader(&p.line)
	p.csv.FieldsPerRecord = -1 // any number
	p.csv.LazyQuotes = true
	p.csv.TrimLeadingSpace = true
	p.csv.ReuseRecord = true
	return p
}

// parse returns the cells of a line without its newline. They are valid until the next call. A line that is not CSV has
// no cells.
func (p *lineParser) parse(line []byte) []string {
	p.line.Reset(line)
	cells, err := p.csv.Read()
	if err != nil {
		return nil
	}
	return cells
}
