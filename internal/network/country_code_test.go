// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCountryCodeOfEachPairOfLetters(t *testing.T) {
	seen := map[countryCode]bool{}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			text := string([]rune{first, second})
			c := parseCountryCode(text)
			if text == "ZZ" {
				assert.Equal(t, unknownCountry, c)
				continue
			}
			assert.Equal(t, text, c.String())
			assert.False(t, seen[c])
			seen[c] = true
		}
	}
	assert.Len(t, seen, 26*26-1)
}

func TestInvalidCountryCodesAreUnknown(t *testing.T) {
	for name, text := range map[string]string{
		"an empty text":                         "",
		"one letter":                            "D",
		"three letters":                         "DEU",
		"a name":                                "Germany",
		"the code for unknown":                  "ZZ",
		"the same in lower case":                "zz",
		"the code for a proxy in old databases": "A1",
		"a dash":                                "--",
		"the character before A":                "@A",
		"the character after Z":                 "A[",
		"a letter of two bytes":                 "é",
	} {
		assert.Equal(t, unknownCountry, parseCountryCode(text), name)
	}
	assert.Empty(t, unknownCountry.String())
}

func TestCountryCodeIgnoresCase(t *testing.T) {
	assert.Equal(t, "DE", parseCountryCode("de").String())
}
