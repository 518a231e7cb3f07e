// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"
)

// draft is a line that has been read whole, before a log record is made of it: a line that turns out bad has then cost
// nothing, and the number of the record's attributes is known from the start.
type draft struct {
	line      string
	format    *Format
	cells     []cell
	addresses addresses
	meant     meant
	// account and region belong to the resource.
	account, region string
	// end is a Unix time in nanoseconds; zero where the line has none.
	end int64
	// size is how many attributes the record will have.
	size int
}

// cell is a value that becomes an attribute: its column, where it stands in the line, and its number. It has no pointer
// of which the garbage collector would have to be told for each field of each line.
type cell struct {
	column, start, end int32
	number             int64
}

// read takes the fields of the line.
func (d *draft) read() *LineError {
	rest := d.line
	for i := range d.format.columns {
		column := &d.format.columns[i]
		start := len(d.line) - len(rest)
		value, after, n, reason := column.take(rest)
		rest = after
		if value == absent {
			continue
		}
		if reason == "" && value != "" {
			reason = d.put(i, value, start, n)
		}
		if reason != "" || value == "" {
			return d.format.fault(d.line, reason, column.name, value)
		}
	}
	if rest != "" {
		return d.format.fault(d.line, TooManyFields, "", rest)
	}
	d.resolve()
	return nil
}

// put keeps the value of one field, which begins at start in the line, and its number.
func (d *draft) put(i int, value string, start int, n int64) Reason {
	column := &d.format.columns[i]
	switch column.kind {
	case address:
		return d.addresses.put(column.slot, value)
	case account:
		d.account = value
	case region:
		d.region = value
	case endTime:
		d.end = nanoseconds(n)
	default:
		d.cells = append(d.cells, cell{int32(i), int32(start), int32(start + len(value)), n})
		d.size += column.attributes(n)
	}
	return ""
}

// resolve finds out what the addresses mean, once all fields are there.
func (d *draft) resolve() {
	d.meant = d.addresses.resolve()
	for _, slot := range d.meant {
		if slot != slots {
			d.size++
		}
	}
}

// into fills the record.
func (d *draft) into(record plog.LogRecord, builder *xpdata.MapBuilder) {
	record.SetTimestamp(pcommon.Timestamp(d.end))
	builder.EnsureCapacity(d.size)
	for i := range d.cells {
		c := &d.cells[i]
		d.format.columns[c.column].put(builder, d.line[c.start:c.end], c.number)
	}
	for i, slot := range d.meant {
		if slot != slots {
			builder.AppendEmpty(addressKeys[i]).SetStr(d.addresses.text[slot])
		}
	}
	builder.UnsafeIntoMap(record.Attributes())
}

// attributes says how many attributes put makes of a field.
func (f *field) attributes(n int64) int {
	if f.kind == protocol && ProtocolName(uint8(n)) != "" {
		return 2
	}
	return 1
}

// put makes the attributes of one field, of which n is the number that take gave.
func (f *field) put(builder *xpdata.MapBuilder, value string, n int64) {
	switch f.kind {
	case number:
		builder.AppendEmpty(f.key).SetInt(n)
	case startTime:
		builder.AppendEmpty(f.key).SetInt(seconds(n))
	case protocol:
		if name := ProtocolName(uint8(n)); name != "" {
			builder.AppendEmpty(keyProtocolName).SetStr(name)
		}
		builder.AppendEmpty(f.key).SetInt(n)
	case word:
		builder.AppendEmpty(f.key).SetStr(f.words[n].value)
	case lowered:
		builder.AppendEmpty(f.key).SetStr(lower(value))
	case tag:
		builder.AppendEmpty(f.key).SetStr(unescape(value))
	default:
		builder.AppendEmpty(f.key).SetStr(value)
	}
}

// unescape decodes a percent-encoded tag. One that is not well encoded, or not text then, stays as it is: a tag is not
// worth a record.
func unescape(value string) string {
	if !strings.Contains(value, "%") {
		return value
	}
	decoded, err := url.PathUnescape(value)
	if err != nil || decoded == "" || !utf8.ValidString(decoded) {
		return value
	}
	return decoded
}
