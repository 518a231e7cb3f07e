// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

const (
	// MaxLine is the length of the longest line that is decoded, in bytes.
	MaxLine = 64 << 10
	// Absent is what AWS writes for a field without a value.
	Absent = "-"
)

// Trim removes blanks at both ends of a line, and the byte order mark that some tools write at the start of a file. Trimming
// a trimmed line does not change it.
func Trim(line string) string {
	line = skipBlanks(line)
	for strings.HasPrefix(line, "\ufeff") {
		line = skipBlanks(line[len("\ufeff"):])
	}
	for line != "" && isBlank(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	return line
}

// cut splits a trimmed line after its first value and the blanks that follow it. The value of an empty line is empty.
func cut(line string) (value, rest string) {
	end := valueLength(line)
	return line[:end], skipBlanks(line[end:])
}

// valueLength returns the number of bytes before the first blank. It compares eight bytes at a time.
func valueLength(line string) int {
	const (
		each = 0x0101010101010101
		high = 0x8080808080808080
	)
	end := 0
	for ; end+8 <= len(line); end += 8 {
		part := line[end : end+8]
		word := uint64(part[0]) | uint64(part[1])<<8 | uint64(part[2])<<16 | uint64(part[3])<<24 |
			uint64(part[4])<<32 | uint64(part[5])<<40 | uint64(part[6])<<48 | uint64(part[7])<<56
		// Subtracting sets the high bit of a byte that is at most a space. A borrow only affects bytes after the first such byte.
		if blanks := (word - (' '+1)*each) & ^word & high; blanks != 0 {
			return end + bits.TrailingZeros64(blanks)/8
		}
	}
	for end < len(line) && !isBlank(line[end]) {
		end++
	}
	return end
}

func skipBlanks(line string) string {
	if len(line) > 1 && isBlank(line[0]) && !isBlank(line[1]) {
		return line[1:] // Most values are followed by one blank.
	}
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
