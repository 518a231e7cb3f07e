// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package cleantext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestLineIsTruncatedAtACharacter(t *testing.T) {
	assert.Equal(t, strings.Repeat("x", MaxLine), Line(strings.Repeat("x", MaxLine)))
	assert.Equal(t, strings.Repeat("é", (MaxLine-len("…"))/2)+"…", Line(strings.Repeat("é", MaxLine)))
}

func TestInvalidBytesDoNotMakeALineTooLong(t *testing.T) {
	assert.Equal(t, strings.Repeat("\uFFFDx", (MaxLine-len("…"))/4)+"…", Line(strings.Repeat("\xffx", MaxLine/2)))
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\nb", "\x1b[31m", "\xff\xfe", "\u202e", "\u2028", "é", "日本"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Line(text)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", text, got)
		}
		if len(got) > MaxLine {
			t.Fatalf("Line returns %d bytes for %q", len(got), text)
		}
		if Line(got) != got {
			t.Fatalf("Line changes its result for %q", text)
		}
	})
}
