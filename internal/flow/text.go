// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"
	"unicode/utf8"
)

const (
	// MaxLine is the length of the longest line that is decoded, in bytes.
	MaxLine = 64 << 10
	// Absent is what AWS writes for a field without a value.
	Absent = "-"
)

// Trim removes blanks at both ends of a line, and the byte order mark that some tools write at the start of a file.
func Trim(line string) string {
	line = strings.TrimPrefix(line, "\ufeff")
	line = skipBlanks(line)
	for line != "" && isBlank(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

// cut splits a trimmed line after its first value and the blanks that follow it. The value of an empty line is empty.
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

// isBlank also accepts control characters, such as tabs and the carriage return before a line feed.
func isBlank(c byte) bool { return c <= ' ' }

// checkText returns the reason to reject a line before it is parsed. isText skips the check for valid UTF-8.
func checkText(line string, isText bool) Reason {
	switch {
	case len(line) > MaxLine:
		return TooLong
	case !isText && !utf8.ValidString(line):
		return NotText
	}
	return ""
}
