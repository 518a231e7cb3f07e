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

// content is what is in an open file.
type content struct {
	input  io.ReaderAt
	size   int64
	isGzip bool
}

// magic returns the bytes that show of what kind the file is.
func (c content) magic() []byte {
	magic := make([]byte, 4)
	n, _ := c.input.ReadAt(magic, 0) // What is shorter has no such bytes.
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

// head returns the beginning of the text, or as much of it as can be read and why that is less.
func (c content) head(size int64) ([]byte, error) {
	text, err := c.text()
	if err != nil {
		return nil, err
	}
	head, err := io.ReadAll(io.LimitReader(text, size))
	return head, err
}

// isBeginningOf reports whether the file that was read further is still there and begins with all of this text.
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

// beginsWith reports whether text begins with another, which may be cut off.
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
