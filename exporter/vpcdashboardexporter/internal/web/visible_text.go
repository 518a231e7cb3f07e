// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of a text a page shows. No honest field is as long.
const longest = 400

// visible returns a text from a record as it is shown: what would reorder or hide parts of it is written out, and it has
// an end. Markup is no matter here, the templates escape it.
func visible(text string) string {
	var out strings.Builder
	shown := 0
	for i, r := range text {
		if shown == longest {
			return fmt.Sprintf("%s… (%d more characters)", out.String(), utf8.RuneCountInString(text[i:]))
		}
		shown++
		switch {
		case r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r),
			r == '\u2028', r == '\u2029':
			fmt.Fprintf(&out, "\\u%04x", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}
