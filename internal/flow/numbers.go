// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "strconv"

// maxDigits is the number of digits that always fit into an int64. Longer numbers are parsed by strconv.
const maxDigits = 18

// ParseNumber parses a number from zero to limit. It accepts digits only: no sign, blank or decimal point.
func ParseNumber(text string, limit int64) (int64, Reason) {
	n, end := leadingDigits(text)
	if end == 0 || end < len(text) {
		return 0, NotANumber
	}
	if end > maxDigits {
		var err error
		if n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, BadValue
		}
	}
	if n > limit {
		return 0, BadValue
	}
	return n, ""
}

// leadingDigits parses the digits at the start of text, and returns the index after them. n overflows silently if there
// are more than maxDigits.
func leadingDigits(text string) (n int64, end int) {
	for end < len(text) {
		digit := text[end] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + int64(digit)
		end++
	}
	return n, end
}
