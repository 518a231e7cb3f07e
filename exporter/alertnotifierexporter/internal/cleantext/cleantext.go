// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package cleantext makes text from the network safe to print.
package cleantext

import (
	"strings"
	"unicode"
)

// MaxLine bounds the result of Line, in bytes. The texts of our rules are shorter, but alerts can also arrive by OTLP.
const MaxLine = 2000

// Line returns the text as one line of printable characters. It replaces line breaks, terminal escapes and characters
// that change the direction of writing by spaces. It cuts text of more than MaxLine bytes and ends it with "…".
func Line(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > MaxLine {
		text = strings.ToValidUTF8(text[:MaxLine-len("…")], "") + "…"
	}
	return text
}
