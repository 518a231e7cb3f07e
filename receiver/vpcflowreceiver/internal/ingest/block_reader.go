// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"errors"
	"io"
	"slices"
)

const (
	// readSize is how much of the text is read at once. It is the most that gzip returns.
	readSize = 32 << 10
	// blockBuffer is the initial size of a block's buffer. It is enough for 1000 lines of version 2.
	blockBuffer = 6 * readSize
)

// blockReader reads text in blocks. Each block has its own buffer, so that it can be decoded while the next one is read.
type blockReader struct {
	input    io.Reader
	splitter blockSplitter
	// growing means that a last line without a line end is not complete.
	growing bool
	// rest holds the text that is not yet in a block.
	rest *block
	// err is the error that ended the input.
	err error
}

// next returns the next block, with its text as passed. After the last block it returns nil, and the error of the input
// unless that is io.EOF.
func (r *blockReader) next() (*block, error) {
	if r.rest == nil {
		r.rest = newBlock()
	}
	for {
		text, ended := r.rest.buffer, r.err != nil
		if length, _, _ := r.splitter.split(text, ended); length > 0 {
			return r.cut(length), nil
		}
		switch {
		case !ended:
			r.fill()
		case !errors.Is(r.err, io.EOF):
			return nil, r.err
		case len(text) > 0 && !r.growing:
			return r.cut(len(text)), nil
		default:
			return nil, nil
		}
	}
}

// cut returns the first part of the text as a block.
func (r *blockReader) cut(length int) *block {
	b := r.rest
	r.rest = newBlock()
	r.rest.buffer = append(r.rest.buffer, b.buffer[length:]...)
	b.passed = b.buffer[:length]
	return b
}

// fill reads more text.
func (r *blockReader) fill() {
	text := slices.Grow(r.rest.buffer, readSize)
	n, err := io.ReadAtLeast(r.input, text[len(text):len(text)+readSize], 1)
	r.rest.buffer, r.err = text[:len(text)+n], err
}

// close releases the buffer.
func (r *blockReader) close() {
	if r.rest != nil {
		r.rest.release()
		r.rest = nil
	}
}
