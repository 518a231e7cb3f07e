// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatTheFileConsumerReadsOfAGzipFileIsPassedOver(t *testing.T) {
	r := newRig(t)
	r.build()
	s := r.receiver.(*vpcFlowReceiver).sources[0].(*files)
	gone := tokens{path: r.path("gone.log.gz"), begin: 100, ends: []int64{200}, blocks: [][]byte{{1}}}
	assert.NoError(t, s.readGzip(t.Context(), &file{gzip: true, compressed: 200}, gone, true), "it was read up to there")
	assert.ErrorIs(t, s.readGzip(t.Context(), &file{gzip: true, compressed: 199}, gone, true), os.ErrNotExist)
}

func TestSkippingEndsAfterTheLastWholeLine(t *testing.T) {
	text := shortHeader + short(1, 3000)
	whole := zip(t, text)
	cut := unzipped(whole[:len(whole)/2])
	unfinished := zip(t, text+"1 22")
	for name, test := range map[string]struct {
		content string
		want    int
	}{
		"of a whole file":                      {whole, len(text)},
		"of a file that is cut off":            {whole[:len(whole)/2], strings.LastIndex(cut, "\n") + 1},
		"of a file that has no last line end":  {unfinished, len(text) + len("1 22")},
		"of a file that is cut off in its sum": {unfinished[:len(unfinished)-1], len(text)},
		"of a header":                          {whole[:4], 0},
		"of two files in one":                  {zip(t, text) + zip(t, text), 2 * len(text)},
		"of a line longer than the buffer":     {zip(t, strings.Repeat("x", 2*unzipBuffer)+"\ny"), 2*unzipBuffer + 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := new(unzip).skip(strings.NewReader(test.content))
			assert.EqualValues(t, test.want, f.Position)
			assert.Len(t, f.Head, min(test.want, headSize))
			if test.want > 0 && strings.HasPrefix(unzipped(test.content), shortHeader) {
				require.NotNil(t, f.format)
				assert.Equal(t, strings.TrimSpace(shortHeader), f.format.String())
				assert.EqualValues(t, -1, f.Lines)
			}
		})
	}
}
