// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"bytes"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxBlock bounds a block of lines, in bytes, even if max_batch_size allows more lines.
const maxBlock = 512 << 10

// blocks splits text into blocks of at most maxLines whole lines. It requests more data until it has that many.
//
// A block that does not end in a line end is a part of a line longer than flow.MaxLine. The next block continues that
// line. A last line without a line end is not returned: the caller decides whether it is complete.
func blocks(maxLines int) bufio.SplitFunc {
	return func(data []byte, atEOF bool) (int, []byte, error) {
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
