// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseCSVReadsQuotedCells(t *testing.T) {
	for _, tt := range []struct {
		name string
		line string
	}{
		{"quotes around a cell that begins and ends with quotes", `"""x, y""",1.2.3.4`},
		{"a cell of two quotes", `"""""",1.2.3.4`},
		{"an empty quoted cell", `"",1.2.3.4`},
		{"a comma in quotes", `"x, y",1.2.3.4`},
		{"a quoted address", `"x","1.2.3.4"`},
		{"a quote within a cell without quotes", `5" disk,1.2.3.4`},
		{"spaces around the cells", ` "x", 1.2.3.4 `},
		{"further cells", `x,1.2.3.4,"443",online`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, err := Parse([]byte("note,ip\n"+tt.line+"\nx,5.6.7.8\n"), "list", CSVFormat, "ip")
			require.NoError(t, err)
			assert.Zero(t, entries.Skipped)
			assert.Equal(t, []string{"1.2.3.4/32", "5.6.7.8/32"}, textsOf(entries.Always))
		})
	}
}

// A line with an unmatched quote is skipped, but the lines up to the next quote are not.
func TestParseCSVSkipsOnlyTheLineOfAnUnmatchedQuote(t *testing.T) {
	entries, err := Parse([]byte("note,ip\n\"x,1.2.3.4\nx,5.6.7.8\n\"y\",9.9.9.9\n"), "list", CSVFormat, "ip")
	require.NoError(t, err)
	assert.Equal(t, []string{"5.6.7.8/32", "9.9.9.9/32"}, textsOf(entries.Always))
	require.Equal(t, 1, entries.Skipped.Count)
	assert.EqualError(t, entries.Skipped.First[0], `list:2: "\"x,1.2.3.4" has no column "ip"`)
}
