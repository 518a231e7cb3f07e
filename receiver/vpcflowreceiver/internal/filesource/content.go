// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// content is the content of an open file.
type content struct {
	input  io.ReaderAt
	size   int64
	isGzip bool
}

// magic returns the first bytes of the file, from which its kind is recognized.
func (c content) magic() []byte {
	magic := make([]byte, 4)
	n, _ := c.input.ReadAt(magic, 0) // A shorter file is of no special kind.
	return magic[:n]
}

// raw reads the file from its beginning.
func (c content) raw() io.Reader { return io.NewSectionReader(c.input, 0, c.size) }

// text reads the file from its beginning, uncompressed.
func (c content) text() (io.Reader, error) {
	if !c.isGzip {
		return c.raw(), nil
	}
	return gzip.NewReader(bufio.NewReader(c.raw()))
}

// head returns the first size bytes of the text. If fewer can be read, it returns them and the error, if any.
func (c content) head(size int64) ([]byte, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(text, size))
	return head, err
}

// isBeginningOf reports whether f still exists and starts with this whole text.
func (c content) isBeginningOf(f *file) bool {
	other, err := os.Open(f.path)
	if err != nil {
		return false
	}
	defer other.Close()
	info, err := other.Stat()
	if err != nil || identify(f.path, info) != f.Identity {
		return false
	}
	longer := content{input: other, size: info.Size()}
	longer.isGzip = ingest.KindOf(longer.magic()) == ingest.Gzip
	a, errA := c.text()
	b, errB := longer.text()
	return errA == nil && errB == nil && beginsWith(b, a)
}

// beginsWith reports whether text starts with the readable part of beginning.
func beginsWith(text, beginning io.Reader) bool {
	want, got := make([]byte, 32<<10), make([]byte, 32<<10)
	for {
		n, err := io.ReadFull(beginning, want)
		if m, _ := io.ReadFull(text, got[:n]); m < n || !bytes.Equal(want[:n], got[:n]) {
			return false
		}
		if err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}
