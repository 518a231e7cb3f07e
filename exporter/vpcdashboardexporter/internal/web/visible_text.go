// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// maxText is the number of characters of a text that a page shows. Genuine fields are shorter.
const maxText = 400

// visibleText returns a text from a record as the page shows it: truncated, and with characters escaped that are invisible
// or change the order of others. The templates escape markup.
func visibleText(text string) string {
	var out strings.Builder
	shown := 0
	for i, r := range text {
		if shown == maxText {
			rest := utf8.RuneCountInString(text[i:])
			return fmt.Sprintf("%s… (%s)", out.String(), humanize.Count(rest, "more character", "more characters"))
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
