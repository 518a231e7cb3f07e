// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

func FuzzEnvelope(f *testing.F) {
	for _, test := range envelopes {
		f.Add([]byte(test.input))
		f.Add([]byte(zipped(f, test.input)))
	}
	for _, line := range flowtest.Junk {
		f.Add([]byte(line))
		f.Add([]byte(cloudWatch("1", flowtest.ExampleV2) + line + cloudWatch("1", line)))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		r := NewReader(bytes.NewReader(input))
		got, err := readAll(t, r)
		require.Error(t, err)
		assert.True(t, got.lines == "" || strings.HasSuffix(got.lines, "\n"))
		assert.LessOrEqual(t, cap(r.data), 2*blockSize+2*len(got.source), "memory")
		assert.Equal(t, got.anyBad, got.firstBad != nil)
		if bytes.HasPrefix(input, []byte{0x1f, 0x8b}) {
			return
		}
		assert.True(t, bytes.HasPrefix(input, []byte(got.source)))
		assert.LessOrEqual(t, len(got.lines), 3*len(input)+1, "invalid UTF-8 may grow threefold")
		again, _ := readAll(t, NewReader(iotest.OneByteReader(bytes.NewReader(input))))
		assert.Equal(t, withoutBlanks(got.lines), withoutBlanks(again.lines))
		assert.Equal(t, got.bad, again.bad)
	})
}

// withoutBlanks removes separators before lines. How much input is in memory decides whether they are skipped or become
// part of a line.
func withoutBlanks(lines string) (kept []string) {
	for line := range strings.Lines(lines) {
		if line = strings.Trim(line, separators); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}
