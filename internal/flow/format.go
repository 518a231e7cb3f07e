// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxColumns bounds the number of fields in a format. AWS defines about eighty.
const maxColumns = 256

// Format is the order of the fields in a line, compiled into columns. It is immutable and safe for concurrent use.
type Format struct {
	names   string
	columns []Field
	unknown []string
	// hasInstance says that the format contains instance-id. An absent value then means that there is no instance.
	hasInstance bool
}

// ParseFormat compiles field names separated by blanks, as in a header line.
func ParseFormat(names string) (*Format, error) {
	return NewFormat(strings.Fields(names))
}

// NewFormat compiles field names, spelled with hyphens or underscores. Unknown names are allowed; see Unknown.
func NewFormat(names []string) (*Format, error) {
	if len(names) == 0 {
		return nil, errors.New("a format needs at least one field")
	}
	if len(names) > maxColumns {
		return nil, &formatError{problem: fmt.Sprintf("a format has at most %d fields, not %d", maxColumns, len(names))}
	}
	format := &Format{columns: make([]Field, 0, len(names))}
	spelled := make([]string, 0, len(names))
	for i, given := range names {
		name := canonicalName(given)
		if first := slices.Index(spelled, name); first >= 0 {
			return nil, &formatError{field: strings.Clone(given), problem: fmt.Sprintf("in the format twice, as columns %d and %d", first+1, i+1)}
		}
		switch field, ok := LookupField(name); {
		case ok:
			format.columns = append(format.columns, *field)
		case IsFieldName(given):
			format.columns = append(format.columns, unknownField(strings.Clone(name)))
			format.unknown = append(format.unknown, strings.Clone(name))
		default:
			return nil, fmt.Errorf("%q is not the name of a field", given)
		}
		spelled = append(spelled, name)
	}
	format.names = strings.Join(spelled, " ")
	format.hasInstance = slices.Contains(spelled, instanceID)
	return format, nil
}

// String returns the field names, spelled with hyphens and separated by one blank.
func (f *Format) String() string { return f.names }

// Unknown returns the names that are not in the field table. Their values become attributes named
// aws.vpc.flow.field.<name>.
func (f *Format) Unknown() []string { return slices.Clone(f.unknown) }

// Has reports whether the format contains a field, by its AWS name.
func (f *Format) Has(name string) bool {
	return slices.ContainsFunc(f.columns, func(column Field) bool { return column.Name == name })
}

// Account returns the account of a line that is not decoded, or "" if it has none.
func (f *Format) Account(line string) string {
	rest := skipBlanks(line)
	for i := range f.columns {
		value, after := cut(rest)
		if f.columns[i].Kind == KindAccount {
			if value == Absent {
				return ""
			}
			return value
		}
		rest = after
	}
	return ""
}

// Len returns the number of columns.
func (f *Format) Len() int { return len(f.columns) }

// Field returns the field of a column. It must not be modified.
func (f *Format) Field(column int) *Field { return &f.columns[column] }

// MarkHop marks a record from the interface of a gateway: it has no instance, and names an address that differs from
// the packet's.
func (f *Format) MarkHop(dst *Flow) {
	if f.hasInstance && dst.Instance == "" && dst.Local.IsValid() {
		dst.Hop, dst.NamesGateway = true, true
	}
}

// lineError makes the error for a trimmed line. A wrong number of fields takes precedence over a bad value, which is
// usually its consequence.
func (f *Format) lineError(line string, reason Reason, name, value string) *LineError {
	count := 0
	for rest := line; rest != ""; count++ {
		_, rest = cut(rest)
	}
	switch difference := strconv.Itoa(count) + " instead of " + strconv.Itoa(len(f.columns)); {
	case count < len(f.columns):
		return NewLineError(TooFewFields, "", difference)
	case count > len(f.columns):
		return NewLineError(TooManyFields, "", difference)
	}
	return NewLineError(reason, name, value)
}
