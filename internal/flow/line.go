// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strconv"
	"strings"
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
	line = trim(line)
	if reason := refuse(line, false); reason != "" {
		return false, fault(reason, "", line)
	}
	rest := line
	var (
		addrs      addresses
		start, end int64 = unknownTime, unknownTime
	)
	for i := range f.columns {
		column := &f.columns[i]
		value, after, n, reason := column.take(rest)
		rest = after
		if value == absent {
			continue
		}
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

// refuse turns away what no record can be. isText says that the line is known to be UTF-8.
func refuse(line string, isText bool) Reason {
	switch {
	case len(line) > MaxLine:
		return TooLong
	case !isText && !utf8.ValidString(line):
		return NotText
	}
	return ""
}

// trim takes the byte order mark that some tools put before a file, and the blanks at the ends.
func trim(line string) string {
	line = strings.TrimPrefix(line, "\ufeff")
	line = skipBlanks(line)
	for line != "" && isBlank(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

// cut takes the first field of a trimmed line, and the blanks after it. The field is empty where the line has come to
// its end.
func cut(line string) (value, rest string) {
	end := 0
	for end < len(line) && !isBlank(line[end]) {
		end++
	}
	return line[:end], skipBlanks(line[end:])
}

func skipBlanks(line string) string {
	for line != "" && isBlank(line[0]) {
		line = line[1:]
	}
	return line
}

// isBlank takes control characters for blanks, too: tabs, and the carriage return before a line feed.
func isBlank(c byte) bool { return c <= ' ' }

// fault names what is wrong with a trimmed line. Where the number of fields is, a value that does not fit its field only
// follows from that.
func (f *Format) fault(line string, reason Reason, name, value string) *LineError {
	count := 0
	for rest := line; rest != ""; count++ {
		_, rest = cut(rest)
	}
	switch instead := strconv.Itoa(count) + " instead of " + strconv.Itoa(len(f.columns)); {
	case count < len(f.columns):
		return fault(TooFewFields, "", instead)
	case count > len(f.columns):
		return fault(TooManyFields, "", instead)
	}
	return fault(reason, name, value)
}
