// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCodeOfEveryPairOfLettersReadsBack(t *testing.T) {
	seen := map[code]bool{}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			text := string([]rune{first, second})
			c := parseCode(text)
			if text == "ZZ" {
				assert.Equal(t, unknown, c)
				continue
			}
			assert.Equal(t, text, c.String())
			assert.False(t, seen[c])
			seen[c] = true
		}
	}
	assert.Len(t, seen, 26*26-1)
}

func TestCodeOfWhatIsNoCountryIsUnknown(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                   "",
		"one letter":                "D",
		"three letters":             "DEU",
		"a name":                    "Germany",
		"the code for nobody":       "ZZ",
		"the same in lower case":    "zz",
		"a proxy of old databases":  "A1",
		"a dash":                    "--",
		"the sign before the first": "@A",
		"the sign after the last":   "A[",
		"one letter of two bytes":   "é",
	} {
		assert.Equal(t, unknown, parseCode(text), name)
	}
	assert.Empty(t, unknown.String())
}

func TestCodeInLowerCaseIsTheSame(t *testing.T) {
	assert.Equal(t, "DE", parseCode("de").String())
}
