// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package render

import (
	"strings"
	"testing"
)

func FuzzEscapeSlack(f *testing.F) {
	for _, seed := range []string{"", "plain", "<!channel>", "a > b", "```code```", "&lt;", "@here"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := escapeSlack(text); strings.ContainsAny(got, "<>`") {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
