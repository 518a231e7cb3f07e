// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxHeader bounds a CSV header, in bytes.
const maxHeader = 8 << 10

// table is the header of a CSV file.
type table struct {
	header string
	// keys are the names of the columns; message is the index of the one that contains whole lines, or -1.
	keys    [][]byte
	message int
}

// CSVHeader returns the first line of a text if it is the header of a CSV file with flow log records; else it is empty.
func CSVHeader(head []byte) string {
	head = bytes.TrimLeft(head, " \t\r\n\ufeff")
	line, _, ended := bytes.Cut(head[:min(len(head), maxHeader)], []byte{'\n'})
	if !ended || len(line) == 0 {
		return ""
	}
	if t := parseTable(string(bytes.TrimSpace(line))); t != nil {
		return t.header
	}
	return ""
}

// parseTable parses a CSV header. It returns nil for any other line: the names must have an address or a message.
func parseTable(header string) *table {
	t := &table{header: header, message: -1}
	fields, ok := appendCSV(nil, []byte(header))
	if !ok {
		return nil
	}
	isTable := false
	for i, key := range fields {
		if string(key) == messageKey {
			t.message, isTable = i, true
		}
		field, _ := fieldOf(string(key))
		isTable = isTable || isAddress(field) && len(fields) > 1
		t.keys = append(t.keys, bytes.Clone(key))
	}
	if !isTable {
		return nil
	}
	return t
}

// mayBeTable reports in a few steps whether a line may be a CSV header.
func mayBeTable(line []byte) bool {
	return len(line) > 0 && line[0] > '9' && bytes.IndexByte(line, ',') > 0 || len(line) > 0 && (line[0] == '"' || line[0] == '@')
}

// rowLength returns the length of the CSV row that text starts with, with its line end; zero if it is incomplete. Quoted
// values may contain line ends.
func rowLength(text []byte) int {
	quoted := false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return i + 1
		}
	}
	return 0
}

// appendCSV appends the values of a row without its line end. It returns false if a quote is missing.
func appendCSV(values [][]byte, row []byte) (_ [][]byte, ok bool) {
	for {
		if len(row) > 0 && row[0] == '"' {
			var value []byte
			if value, row, ok = quotedCSV(row[1:]); !ok {
				return values, false
			}
			values = append(values, value)
			if len(row) == 0 {
				return values, true
			}
			row = row[1:]
			continue
		}
		value, rest, more := bytes.Cut(row, []byte{','})
		values = append(values, value)
		if !more {
			return values, true
		}
		row = rest
	}
}

// quotedCSV cuts a quoted value after its opening quote. rest starts with a comma or is empty.
func quotedCSV(row []byte) (value, rest []byte, ok bool) {
	hasQuotes := false
	for i := 0; i < len(row); i++ {
		if row[i] != '"' {
			continue
		}
		if i+1 < len(row) && row[i+1] == '"' {
			hasQuotes = true
			i++
			continue
		}
		value, rest = row[:i], row[i+1:]
		if hasQuotes {
			value = bytes.ReplaceAll(value, []byte(`""`), []byte{'"'})
		}
		return value, rest, len(rest) == 0 || rest[0] == ','
	}
	return nil, nil, false
}

// readRow reads the CSV row that starts here.
func (r *Reader) readRow(rest []byte) bool {
	length := rowLength(rest[:min(len(rest), flow.MaxLine)])
	switch {
	case length > 0:
	case len(rest) >= flow.MaxLine:
		// A value without a closing quote costs one line.
		r.addBad(rest)
		r.skipping = true
		return true
	case r.more():
		return true
	case r.isComplete():
		length = len(rest)
	default:
		return false
	}
	row := bytes.TrimSpace(rest[:length])
	if t := r.nextTable(row); t != nil {
		r.table = t
		r.end += length
		return true
	}
	if r.table == nil { // a quote within the header makes the row longer than the line
		return r.readLines(rest)
	}
	values, ok := appendCSV(r.values[:0], row)
	r.values = values
	switch {
	case !ok:
		r.addBad(row)
	case len(values) < len(r.table.keys):
		r.counts.AddBad(flow.NewLineError(flow.TooFewFields, "", string(row[:min(len(row), maxSample)])), 0)
	case len(values) > len(r.table.keys):
		r.counts.AddBad(flow.NewLineError(flow.TooManyFields, "", string(row[:min(len(row), maxSample)])), 0)
	case r.table.message >= 0:
		message := values[r.table.message]
		r.records.begin()
		if r.addText(message) {
			return r.addRecords("", length)
		}
		if !r.setContent("", nil) {
			return false
		}
		r.block = endLine(append(r.block, message...))
	default:
		r.records.begin()
		for i, key := range r.table.keys {
			if column := r.records.column(key); column != noColumn {
				r.records.add(column, values[i])
			}
		}
		r.records.endRow()
		return r.addRecords("", length)
	}
	r.end += length
	return true
}

// nextTable returns the table that begins with a row, or nil if the row is not a header.
func (r *Reader) nextTable(row []byte) *table {
	if r.table != nil && string(row) == r.table.header {
		return r.table
	}
	if !mayBeTable(row) || len(row) > maxHeader {
		return nil
	}
	return parseTable(string(row))
}
