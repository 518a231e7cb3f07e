// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// records turns objects with AWS field names into lines of one format. The format grows when a later object has more keys.
// It is not safe for concurrent use.
type records struct {
	// ids are the columns by the spelling of their keys; dropped keys have noColumn. names and fields describe each column.
	ids    map[string]int
	names  []string
	fields []*flow.Field
	extras int
	// used are the columns of format, in the order of its fields.
	used   []int
	format *flow.Format
	// cells are the values of the rows that were added since begin; ends are the ends of these rows in cells.
	cells []cell
	ends  []int
	// sources are the values of an OCSF event, in the order of ocsffield.Sources.
	sources [][]byte
	// others counts what was between the added rows and is not a record.
	others int
	// row are the values of a row by column.
	row [][]byte
}

// cell is a value of a column.
type cell struct {
	column int
	text   []byte
}

const (
	noColumn = -1
	// maxKeys bounds the spellings of keys that are remembered.
	maxKeys = 1024
)

// begin forgets the added rows.
func (r *records) begin() { r.cells, r.ends, r.others = r.cells[:0], r.ends[:0], 0 }

// isEmpty reports whether no row was added.
func (r *records) isEmpty() bool { return len(r.ends) == 0 }

// column returns the column for a key.
func (r *records) column(key []byte) int {
	if id, ok := r.ids[string(key)]; ok {
		return id
	}
	if r.ids == nil || len(r.ids) >= maxKeys {
		r.ids = map[string]int{}
	}
	id := r.newColumn(string(key))
	r.ids[string(key)] = id
	return id
}

func (r *records) newColumn(key string) int {
	name, known := fieldOf(key)
	if !known {
		name = extraName(key)
	}
	if name == "" {
		return noColumn
	}
	if id := slices.Index(r.names, name); id >= 0 {
		return id
	}
	var field *flow.Field
	switch {
	case known:
		field, _ = flow.LookupField(name)
	case r.extras == maxExtraKeys:
		return noColumn
	default:
		r.extras++
	}
	r.names, r.fields = append(r.names, name), append(r.fields, field)
	return len(r.names) - 1
}

// addObject adds a valid JSON object if it is a record.
func (r *records) addObject(object []byte) bool {
	if isEvent, added := r.addOCSF(object); isEvent {
		return added
	}
	start, hasAddress := len(r.cells), false
	members(object, func(key, value []byte) bool {
		id := r.column(key)
		if id == noColumn {
			return true
		}
		text, ok := scalar(value)
		if !ok && value[0] != 'n' {
			return true
		}
		r.add(id, text)
		hasAddress = hasAddress || isAddress(r.names[id])
		return true
	})
	if !hasAddress {
		r.cells = r.cells[:start]
		return false
	}
	r.endRow()
	return true
}

// addPairs adds a list of objects with a field and a value, as in the results of Logs Insights, if it is a record.
func (r *records) addPairs(list []byte) bool {
	start, hasAddress := len(r.cells), false
	elements(list, func(pair []byte) {
		var key, text []byte
		members(pair, func(name, value []byte) bool {
			switch s, _ := scalar(value); string(name) {
			case "field":
				key = s
			case "value":
				text = s
			}
			return true
		})
		if id := r.column(key); id != noColumn {
			r.add(id, text)
			hasAddress = hasAddress || isAddress(r.names[id])
		}
	})
	if !hasAddress {
		r.cells = r.cells[:start]
		return false
	}
	r.endRow()
	return true
}

// add adds a value to the current row. A long value of an extra key is dropped.
func (r *records) add(column int, text []byte) {
	if r.fields[column] == nil && len(text) > maxExtraValue {
		text = nil
	}
	r.cells = append(r.cells, cell{column, text})
}

func (r *records) endRow() { r.ends = append(r.ends, len(r.cells)) }

// compile makes the format contain all keys of the added rows. If none of them has an instance, the format has none either:
// a missing instance means a gateway only if the record says so.
func (r *records) compile() *flow.Format {
	instance, hasInstance, grows := slices.Index(r.names, "instance-id"), false, false
	for _, c := range r.cells {
		hasInstance = hasInstance || c.column == instance
		if !slices.Contains(r.used, c.column) {
			r.used = append(r.used, c.column)
			grows = true
		}
	}
	if instance >= 0 && !hasInstance && slices.Contains(r.used, instance) {
		r.used = slices.DeleteFunc(r.used, func(column int) bool { return column == instance })
		grows = true
	}
	if grows {
		slices.SortFunc(r.used, func(a, b int) int { return r.rank(a) - r.rank(b) })
		names := make([]string, 0, len(r.used))
		for _, column := range r.used {
			names = append(names, r.names[column])
		}
		// It cannot fail: the names are valid, different and few.
		r.format, _ = flow.NewFormat(names)
	}
	return r.format
}

// rank orders columns: addresses are first, so that no line looks like a header or has an export timestamp.
func (r *records) rank(column int) int {
	rank := column + 1
	if !isAddress(r.names[column]) {
		rank += 1 << 16
	}
	return rank
}

// appendLines appends the added rows as lines of the format. It returns the number of rows that are not records.
func (r *records) appendLines(block []byte) ([]byte, int) {
	start, bad := 0, r.others
	for _, end := range r.ends {
		r.row = slices.Grow(r.row[:0], len(r.names))[:len(r.names)]
		clear(r.row)
		for _, c := range r.cells[start:end] {
			if r.row[c.column] == nil {
				r.row[c.column] = c.text
			}
		}
		start = end
		line := len(block)
		for i, column := range r.used {
			if i > 0 {
				block = append(block, ' ')
			}
			block = appendValue(block, r.fields[column], r.row[column])
		}
		if text := string(block[line:]); len(text) > flow.MaxLine || flow.IsHeader(text) || flow.Trim(text) != text {
			block = block[:line]
			bad++
			continue
		}
		block = append(block, '\n')
	}
	return block, bad
}
