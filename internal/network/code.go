// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import "strings"

// code is a country's code of two letters as a number, so that it fits beside others into one word.
type code uint16

// unknown is no country: the code is not two letters, or it is ZZ, by which tables say so.
const unknown code = 0

const letters = 'Z' - 'A' + 1

func parseCode(text string) code {
	text = strings.ToUpper(text)
	if len(text) != 2 || text == "ZZ" || !isLetter(text[0]) || !isLetter(text[1]) {
		return unknown
	}
	return 1 + code(text[0]-'A')*letters + code(text[1]-'A')
}

func isLetter(b byte) bool {
	return 'A' <= b && b <= 'Z'
}

// String returns the two letters, or empty for an unknown country. It does not allocate.
func (c code) String() string {
	if c == unknown {
		return ""
	}
	return codes[2*(c-1) : 2*c]
}

// codes are all pairs of letters in a row.
var codes = func() string {
	var b strings.Builder
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			b.WriteRune(first)
			b.WriteRune(second)
		}
	}
	return b.String()
}()
