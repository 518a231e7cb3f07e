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
	return (&blockSplitter{maxLines: maxLines}).split
}

// blockSplitter splits text as blocks does. It searches each part of the text only once.
type blockSplitter struct {
	maxLines int
	// lines is the number of lines that were found in data[:end].
	lines, end int
	// mayHaveHeader means that one of these lines may be a header. It describes the last block until the next call.
	mayHaveHeader bool
}

// split is a bufio.SplitFunc. Until it returns a block, data must start with the data of the last call.
func (s *blockSplitter) split(data []byte, atEOF bool) (length int, block []byte, _ error) {
	if s.end == 0 {
		s.mayHaveHeader = false
	}
	for s.lines < s.maxLines {
		line := bytes.IndexByte(data[s.end:], '\n') + 1
		if line == 0 {
			break
		}
		s.mayHaveHeader = s.mayHaveHeader || flow.MayBeHeader(data[s.end:])
		s.end += line
		s.lines++
	}
	switch {
	case s.end > 0 && (s.lines == s.maxLines || atEOF || len(data) >= maxBlock):
		length = s.end
		s.lines, s.end = 0, 0
		return length, data[:length], nil
	case s.end == 0 && len(data) > flow.MaxLine:
		return len(data), data, nil
	}
	return 0, nil, nil
}
