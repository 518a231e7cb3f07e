// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bufio"
	"io"

	"github.com/klauspost/compress/gzip"
)

// buffers are reused from one input to the next.
type buffers struct {
	raw  *bufio.Reader
	gzip gzip.Reader
	text *bufio.Reader
}

func (b *buffers) reset(stream io.Reader) {
	if b.raw == nil {
		b.raw = bufio.NewReaderSize(nil, max(readSize, searchSize))
		// It only has to hold the beginning of the text. Larger reads bypass it.
		b.text = bufio.NewReaderSize(nil, searchSize)
	}
	b.raw.Reset(stream)
}

// openGzip makes text read the decompressed content of raw.
func (b *buffers) openGzip() error {
	if err := b.gzip.Reset(b.raw); err != nil {
		return err
	}
	b.text.Reset(&b.gzip)
	return nil
}
