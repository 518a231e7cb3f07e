// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strconv"
	"unicode/utf8"
)

// MaxLine is the longest line that is decoded, in bytes.
const MaxLine = 64 << 10

// absent is what AWS writes where there is no value.
const absent = "-"

// Flow reads a line into dst without allocating anything. The strings of dst alias the line. A line that does not fit
// is a *LineError, and dst is then unspecified.
func (f *Format) Flow(line string, dst *Flow) error {
	if _, err := f.read(line, dst); err != nil {
		return err
	}
	return nil
}

// read is Flow, and says whether the line has a time.
func (f *Format) read(line string, dst *Flow) (timed bool, err *LineError) {
	*dst = Flow{}
	rest, reason := checked(line)
	if reason != "" {
		return false, fault(reason, "", line)
	}
	var (
		addrs      addresses
		start, end int64 = unknownTime, unknownTime
	)
	for i := range f.columns {
		column := &f.columns[i]
		var value string
		if value, rest = cut(rest); value == absent {
			continue
		}
		n, reason := column.parse(value)
		switch column.kind {
		case address:
			reason = addrs.put(column.slot, value)
		case startTime:
			start = seconds(n)
		case endTime:
			end = seconds(n)
		}
		if reason != "" || value == "" {
			return false, f.fault(line, reason, column.name, value)
		}
		if column.set != nil {
			column.set(dst, value, n)
		}
	}
	if rest != "" {
		return false, f.fault(line, TooManyFields, "", rest)
	}
	addrs.into(dst)
	dst.Hop = dst.Hop || f.passesOn(dst)
	if start == unknownTime {
		start = end
	}
	dst.Time = max(start, 0)
	return start != unknownTime, nil
}

// passesOn tells the record of a gateway's interface: it is no instance's, and names an address beside the packet's own.
func (f *Format) passesOn(flow *Flow) bool {
	return f.hasInstance && flow.Instance == "" && flow.Local.IsValid()
}

// checked trims a line and turns away what no record can be.
func checked(line string) (string, Reason) {
	if len(line) > MaxLine {
		return "", TooLong
	}
	line = trim(line)
	if !utf8.ValidString(line) {
		return "", NotText
	}
	return line, ""
}

// cut takes the first field of a line that begins with none of its blanks, and the blanks after it. The field is empty
// where the line has come to its end.
func cut(line string) (value, rest string) {
	end := 0
	for end < len(line) && line[end] != ' ' && line[end] != '\t' {
		end++
	}
	next := end
	for next < len(line) && (line[next] == ' ' || line[next] == '\t') {
		next++
	}
	return line[:end], line[next:]
}

// fault names what is wrong with a line. Where the number of fields is, a value that does not fit its field only
// follows from that.
func (f *Format) fault(line string, reason Reason, name, value string) *LineError {
	count := 0
	surplus := ""
	for rest := trim(line); rest != ""; count++ {
		var field string
		if field, rest = cut(rest); count == len(f.columns) {
			surplus = field
		}
	}
	switch {
	case count < len(f.columns):
		return fault(TooFewFields, f.columns[count].name, strconv.Itoa(count))
	case count > len(f.columns):
		return fault(TooManyFields, "", surplus)
	}
	return fault(reason, name, value)
}
