// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCut(t *testing.T) {
	for name, test := range map[string]struct{ line, value, rest string }{
		"an empty line":                {"", "", ""},
		"one value":                    {"abc", "abc", ""},
		"a value of eight bytes":       {"12345678", "12345678", ""},
		"one blank":                    {"a b", "a", "b"},
		"several blanks":               {"a \t\x00b c", "a", "b c"},
		"a blank after seven bytes":    {"1234567 9", "1234567", "9"},
		"a blank after eight bytes":    {"12345678 9", "12345678", "9"},
		"a blank after 16 bytes":       {"1234567890123456 7", "1234567890123456", "7"},
		"bytes just above a blank":     {"!!!!!!!!!! !", "!!!!!!!!!!", "!"},
		"an exclamation after a blank": {"a !!!!!!!!", "a", "!!!!!!!!"},
		"bytes that are not ASCII":     {"é\x80\xa0\xff€日 x", "é\x80\xa0\xff€日", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			value, rest := cut(test.line)
			assert.Equal(t, test.value, value)
			assert.Equal(t, test.rest, rest)
		})
	}
}

func TestValueLengthOnRandomBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		line := make([]byte, random.IntN(40))
		for i := range line {
			// Most bytes are near the limit.
			line[i] = byte(random.IntN(256))
			if random.IntN(4) > 0 {
				line[i] = byte(' ' + 1 + random.IntN(4))
			}
		}
		want := strings.IndexFunc(string(line), func(c rune) bool { return c <= ' ' })
		if want < 0 {
			want = len(line)
		}
		if got := valueLength(string(line)); got != want {
			t.Fatalf("%q: %d, want %d", line, got, want)
		}
	}
}

func TestTrim(t *testing.T) {
	for name, test := range map[string]struct{ line, want string }{
		"blanks at both ends":                  {" \ta b\r\n", "a b"},
		"a byte order mark":                    {"\ufeffa b", "a b"},
		"a byte order mark after blanks":       {"\x04\x00\ufeff a", "a"},
		"two byte order marks":                 {"\ufeff\ufeffa", "a"},
		"a byte order mark alone":              {" \ufeff ", ""},
		"a byte order mark inside of the line": {"a\ufeff", "a\ufeff"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Trim(test.line))
		})
	}
}
