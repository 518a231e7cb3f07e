// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import "strings"

// countryCode is a two-letter country code as a number. It fits into a word together with other values.
type countryCode uint16

// unknownCountry means that the code is not two letters, or that it is ZZ, which tables use for unknown.
const unknownCountry countryCode = 0

const letters = 'Z' - 'A' + 1

func parseCountryCode(text string) countryCode {
	text = strings.ToUpper(text)
	if len(text) != 2 || text == "ZZ" || !isLetter(text[0]) || !isLetter(text[1]) {
		return unknownCountry
	}
	return 1 + countryCode(text[0]-'A')*letters + countryCode(text[1]-'A')
}

func isLetter(b byte) bool {
	return 'A' <= b && b <= 'Z'
}

// String returns the two letters, or an empty text for an unknown country. It does not allocate.
func (c countryCode) String() string {
	if c == unknownCountry {
		return ""
	}
	return letterPairs[2*(c-1) : 2*c]
}

// letterPairs has all pairs of letters, from AA to ZZ, in one string.
var letterPairs = func() string {
	var b strings.Builder
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			b.WriteRune(first)
			b.WriteRune(second)
		}
	}
	return b.String()
}()
