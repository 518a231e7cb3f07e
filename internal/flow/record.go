// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Record holds the parsed values of one flow log record, before they become attributes. It is filled from a line with
// Parse, or value by value with Reset and Set. Its strings alias the text that it was filled from.
type Record struct {
	// Account and Region are empty if absent.
	Account, Region string
	// End is the end time in Unix nanoseconds; zero if absent.
	End int64

	format    *Format
	text      string
	values    []Value
	addresses addresses
}

// Value is one value of a Record. It contains no pointers, which spares the garbage collector the work of tracking
// each value of each line.
type Value struct {
	column, start, end int32
	// Number is the parsed number, or the index of the word; zero for other kinds.
	Number int64
}

// Reset empties the record. Values added with Set must be substrings of text.
func (r *Record) Reset(format *Format, text string) {
	*r = Record{format: format, text: text, values: r.values[:0]}
}

// Parse fills the record with the values of a trimmed line.
func (r *Record) Parse(format *Format, line string) *LineError {
	r.Reset(format, line)
	rest := line
	for i := range format.columns {
		column := &format.columns[i]
		start := len(line) - len(rest)
		value, after, n, reason := column.take(rest)
		rest = after
		if value == Absent {
			continue
		}
		if reason == "" && value != "" {
			reason = r.Set(i, value, start, n)
		}
		if reason != "" || value == "" {
			return format.lineError(line, reason, column.Name, value)
		}
	}
	if rest != "" {
		return format.lineError(line, TooManyFields, "", rest)
	}
	return nil
}

// Set adds the value of a column, which starts at the byte index start of the text. n is the result of Field.Parse.
func (r *Record) Set(column int, value string, start int, n int64) Reason {
	field := &r.format.columns[column]
	switch field.Kind {
	case KindAddress:
		return r.addresses.set(field.slot, value)
	case KindAccount:
		r.Account = value
	case KindRegion:
		r.Region = value
	case KindEnd:
		r.End = nanoseconds(n)
	default:
		r.values = append(r.values, Value{int32(column), int32(start), int32(start + len(value)), n})
	}
	return ""
}

// Format returns the format that the record was parsed with.
func (r *Record) Format() *Format { return r.format }

// Values returns the values that are not available from the fields and other methods of Record.
func (r *Record) Values() []Value { return r.values }

// Field returns the field of a value.
func (r *Record) Field(v *Value) *Field { return &r.format.columns[v.column] }

// ValueText returns the text of a value. It is empty for numbers that were set without text.
func (r *Record) ValueText(v *Value) string { return r.text[v.start:v.end] }

// Addresses returns the text of the source, destination, local and intermediate address, as in Flow; empty if absent.
func (r *Record) Addresses() (text [4]string) {
	for i, slot := range r.addresses.roles() {
		if slot != slots {
			text[i] = r.addresses.text[slot]
		}
	}
	return text
}

// LocalSide returns the side that the local address replaces: Ingress for the destination, Egress for the source. It
// returns DirectionUnknown if the record has no local address, if it has an intermediate one, or if the side is the one
// that AssumedLocalSide returns.
func (r *Record) LocalSide() Direction {
	slot := r.addresses.roles()
	if slot[2] == slots || slot[3] != slots {
		return DirectionUnknown
	}
	side := Egress
	if slot[2] == slotDstaddr {
		side = Ingress
	}
	if side == AssumedLocalSide(r.direction()) {
		return DirectionUnknown
	}
	return side
}

// AssumedLocalSide returns the side that readers assume for the local address if the record does not state it. It
// depends on the direction of the record.
func AssumedLocalSide(direction Direction) Direction {
	if direction == Ingress {
		return Ingress
	}
	return Egress
}

func (r *Record) direction() Direction {
	for i := range r.values {
		if r.Field(&r.values[i]).Name == flowDirection {
			return Direction(r.values[i].Number)
		}
	}
	return DirectionUnknown
}
