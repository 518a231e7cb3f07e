// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bufio"
	"bytes"
	"errors"
	"io"

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

// openContent opens a file that is known under a path. It returns false if the path now leads to another file.
func openContent(path string, id identity) (c content, closeFile func(), ok bool) {
	m := match{path: path}
	if err := m.open(); err != nil {
		return content{}, nil, false
	}
	closeFile = func() { _ = m.input.Close() }
	if m.id != id {
		closeFile()
		return content{}, nil, false
	}
	c = content{input: m.input, size: m.info.Size()}
	c.isGzip = ingest.KindOf(c.magic()) == ingest.Gzip
	return c, closeFile, true
}

// isBeginningOf reports whether other starts with this whole text.
func (c content) isBeginningOf(other content) bool {
	a, errA := c.text()
	b, errB := other.text()
	return errA == nil && errB == nil && beginsWith(b, a)
}

// compare compares all of the text with a fingerprint. Text that cannot be read is different.
func (c content) compare(p *fingerprint) relation {
	text, err := c.text()
	if err != nil {
		return different
	}
	return p.compareAll(text)
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
