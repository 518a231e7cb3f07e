// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestBlocksAreWholeLines(t *testing.T) {
	longest, tooLong := strings.Repeat("x", flow.MaxLine), strings.Repeat("x", flow.MaxLine+1)
	many := strings.Repeat("x\n", maxBlock/2)
	for name, test := range map[string]struct {
		data  string
		atEOF bool
		want  string // empty if more data is requested
	}{
		"as many lines as a batch has":                 {"a\nb\nc\nd", false, "a\nb\nc\n"},
		"as many lines as a batch has, at the end":     {"a\nb\nc\nd\n", true, "a\nb\nc\n"},
		"fewer lines wait for more":                    {"a\nb\n", false, ""},
		"fewer lines at the end":                       {"a\nb\nc", true, "a\nb\n"},
		"blank lines are lines":                        {"\n\n\n\n", false, "\n\n\n"},
		"a line without a line end waits":              {"abc", false, ""},
		"a line without a line end is left at the end": {"abc", true, ""},
		"nothing":                                           {"", true, ""},
		"a line of the maximum length":                      {longest, false, ""},
		"a line over the maximum length":                    {tooLong, false, tooLong},
		"a line over the maximum length after another line": {"a\n" + tooLong, true, "a\n"},
	} {
		t.Run(name, func(t *testing.T) {
			advance, block, err := blocks(3)([]byte(test.data), test.atEOF)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(block))
			assert.Equal(t, len(test.want), advance)
		})
	}
	for name, test := range map[string]struct {
		data string
		want int
	}{
		"as many bytes as a block has":  {many, len(many)},
		"fewer bytes than a block has":  {many[:len(many)-2], 0},
		"more bytes and no whole lines": {many + "x", len(many)},
	} {
		t.Run(name, func(t *testing.T) {
			advance, _, err := blocks(1<<30)([]byte(test.data), false)
			require.NoError(t, err)
			assert.Equal(t, test.want, advance)
		})
	}
}

// FuzzBlocks checks that the blocks together are the text, and that each is within its bounds, for any sizes of reads.
func FuzzBlocks(f *testing.F) {
	f.Add([]byte("2 1 eni-1\n2 1 eni-2\n2 1 eni-3\n"), 2, false)
	f.Add([]byte("a\n\nb\r\nc"), 1, true)
	f.Add([]byte("\x1f\x8b\n\n"), 1, true)
	f.Add([]byte("x\n\x1f\x8by"), 3, false)
	f.Fuzz(func(t *testing.T, text []byte, maxLines int, inPieces bool) {
		maxLines = max(maxLines, 1)
		scanner := bufio.NewScanner(bytes.NewReader(text))
		if inPieces {
			scanner = bufio.NewScanner(iotest.HalfReader(bytes.NewReader(text)))
		}
		scanner.Buffer(nil, 2*maxBlock)
		scanner.Split(blocks(maxLines))
		var seen []byte
		for scanner.Scan() {
			block := scanner.Bytes()
			seen = append(seen, block...)
			require.NotEmpty(t, block)
			require.LessOrEqual(t, bytes.Count(block, []byte{'\n'}), maxLines)
			if block[len(block)-1] != '\n' {
				require.Greater(t, len(block), flow.MaxLine)
			}
		}
		require.NoError(t, scanner.Err())
		rest, isBeginning := bytes.CutPrefix(text, seen)
		require.True(t, isBeginning)
		require.NotContains(t, string(rest), "\n")
		require.LessOrEqual(t, len(rest), flow.MaxLine)
	})
}
