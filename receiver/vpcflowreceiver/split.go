// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bufio"
	"bytes"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxBlock bounds a block of lines, in bytes, however many records a batch may have: the file consumer collects a
// hundred blocks before it gives them away.
const maxBlock = 512 << 10

// gzipMagic is what a gzip file begins with, and no text does.
var gzipMagic = []byte{0x1f, 0x8b}

// blocks splits text into blocks of whole lines, maxLines at most. It waits for more of them while there are fewer.
//
// A block that does not end in a line end is a piece of a line that is longer than flow.MaxLine; the next block goes on
// in the middle of that line. What is left at the end of the input without a line end is no block: whether the line is
// still being written is for the caller to find out.
//
// Of a gzip or Parquet file, the first block is all there is at hand: it is only to tell the caller that the file is there.
func blocks(maxLines int) bufio.SplitFunc {
	return func(data []byte, atEOF bool) (int, []byte, error) {
		if bytes.HasPrefix(data, gzipMagic) || bytes.HasPrefix(data, parquetMagic) {
			return len(data), data, nil
		}
		end, lines := 0, 0
		for lines < maxLines {
			line := bytes.IndexByte(data[end:], '\n') + 1
			if line == 0 {
				break
			}
			end += line
			lines++
		}
		switch {
		case end > 0 && (lines == maxLines || atEOF || len(data) >= maxBlock):
			return end, data[:end], nil
		case end == 0 && len(data) > flow.MaxLine:
			return len(data), data, nil
		}
		return 0, nil, nil
	}
}
