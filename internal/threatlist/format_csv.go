// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"fmt"
	"strings"
)

// parseCSV reads a line of comma-separated cells for each entry. The first line in which a cell is called as the column
// names the columns; it may be a comment, as abuse.ch has it. Only comments and blank lines stand before it.
func parseCSV(text []byte, name, column string, entries *Entries) error {
	n, wanted := 0, -1
	for line := range bytes.Lines(text) {
		n++
		line := strings.TrimSpace(string(line))
		comment := strings.HasPrefix(line, "#")
		switch {
		case line == "":
		case wanted < 0:
			wanted = columnOf(strings.TrimLeft(line, "# "), column)
			if wanted < 0 && !comment {
				return fmt.Errorf("line %d names the columns, and there is no %q among them", n, column)
			}
		case comment:
		default:
			at := place{list: name, n: n}
			if value, ok := cell(line, wanted); ok {
				entries.add(value, at)
			} else {
				entries.refuse(line, fmt.Sprintf("has no column %q", column), at)
			}
		}
	}
	if wanted < 0 && n > 0 {
		return fmt.Errorf("no line names a column %q", column)
	}
	return nil
}

// columnOf returns which cell of the line has the name, or -1.
func columnOf(line, name string) int {
	for i := 0; ; i++ {
		value, ok := cell(line, i)
		if !ok {
			return -1
		}
		if strings.EqualFold(value, name) {
			return i
		}
	}
}

// cell returns one cell of a line, the first being 0, without quotes and blanks around it.
func cell(line string, n int) (value string, ok bool) {
	for ; ; n-- {
		value, rest, more := nextCell(line)
		if n == 0 {
			return value, true
		}
		if !more {
			return "", false
		}
		line = rest
	}
}

// nextCell cuts a line behind its first cell. A comma within quotes is part of the cell.
func nextCell(line string) (value, rest string, more bool) {
	line = strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(line, `"`) {
		value, rest, more = strings.Cut(line, ",")
		return strings.TrimSpace(value), rest, more
	}
	end := 1
	for end < len(line) && line[end] != '"' {
		end++
		if strings.HasPrefix(line[end:], `""`) {
			end += 2
		}
	}
	value = strings.ReplaceAll(line[1:end], `""`, `"`)
	_, rest, more = strings.Cut(line[end:], ",")
	return strings.TrimSpace(value), rest, more
}
