// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"
)

const (
	// headSize is the number of first bytes that, together with device and inode, identify a file.
	headSize = 64 << 10
	// maxLines is the number of first lines whose hash is kept.
	maxLines = 16
)

// blockMarks are further sizes at which a hash is kept, because a file may have no line ends.
var blockMarks = []int64{1 << 10, headSize}

// fingerprint identifies the uncompressed text that was read from a file, in a few hundred bytes. The hashes are not
// cryptographic: they distinguish files and do not protect against forgery.
type fingerprint struct {
	// Size is the length of the text in bytes.
	Size int64 `json:"size"`
	// Head is the hash of the first 64 KiB.
	Head digest `json:"head"`
	// All is the hash of the text from byte From to its end.
	All  digest `json:"all"`
	From int64  `json:"from,omitempty"`
	// Lines are the hashes of the text up to the end of each of the first maxLines lines. Blocks are the hashes of the
	// text up to each size in blockMarks.
	Lines  []uint64 `json:"lines,omitempty"`
	Blocks []uint64 `json:"blocks,omitempty"`
}

func newFingerprint() fingerprint {
	var p fingerprint
	p.Head.Reset()
	p.All.Reset()
	return p
}

// Write appends text.
func (p *fingerprint) Write(text []byte) (int, error) {
	length := len(text)
	_, _ = p.All.Write(text)
	for len(text) > 0 && p.Size < headSize {
		part := p.untilMark(text)
		_, _ = p.Head.Write(part)
		p.Size += int64(len(part))
		if len(p.Lines) < maxLines && part[len(part)-1] == '\n' {
			p.Lines = append(p.Lines, p.Head.Sum64())
		}
		if slices.Contains(blockMarks, p.Size) {
			p.Blocks = append(p.Blocks, p.Head.Sum64())
		}
		text = text[len(part):]
	}
	p.Size += int64(len(text))
	return length, nil
}

// untilMark returns the part of text up to the next line end or size at which a hash is kept.
func (p *fingerprint) untilMark(text []byte) []byte {
	for _, size := range blockMarks {
		if left := size - p.Size; left > 0 && left < int64(len(text)) {
			text = text[:left]
		}
	}
	if len(p.Lines) < maxLines {
		if end := bytes.IndexByte(text, '\n'); end >= 0 {
			text = text[:end+1]
		}
	}
	return text
}

// skipTo leaves out the text up to size, which must be at least headSize.
func (p *fingerprint) skipTo(size int64) {
	p.Size, p.From = size, size
	p.All.Reset()
}

// writeLines appends the whole lines of a text. It appends an unfinished last line only if the text ends without an error.
func (p *fingerprint) writeLines(text io.Reader) {
	lines := bufio.NewReaderSize(text, headSize)
	whole := *p
	for {
		part, err := lines.ReadSlice('\n')
		_, _ = p.Write(part)
		switch {
		case err == nil:
			whole = *p
		case errors.Is(err, io.EOF):
			return
		case !errors.Is(err, bufio.ErrBufferFull):
			*p = whole
			return
		}
	}
}

// relation is the result of comparing a text with a fingerprint.
type relation int

const (
	different relation = iota
	// shorter: the text is shorter than the fingerprint, and the part that can be compared is equal.
	shorter
	// same: the text starts with the text of the fingerprint.
	same
)

// compareHead compares the first 64 KiB of a text.
func (p *fingerprint) compareHead(text io.Reader) relation {
	size := min(p.Size, headSize)
	other := newFingerprint()
	_, _ = io.CopyN(&other, text, size) // If less can be read, other.Size is smaller.
	return p.compare(&other, size)
}

func (p *fingerprint) compare(other *fingerprint, size int64) relation {
	if other.Size < size {
		if !slices.Equal(other.Lines, p.Lines[:min(len(other.Lines), len(p.Lines))]) ||
			!slices.Equal(other.Blocks, p.Blocks[:min(len(other.Blocks), len(p.Blocks))]) {
			return different
		}
		return shorter
	}
	if other.Head.Sum64() != p.Head.Sum64() {
		return different
	}
	return same
}

// compareAll compares all of a text.
func (p *fingerprint) compareAll(text io.Reader) relation {
	other := newFingerprint()
	size := min(p.Size, headSize)
	_, _ = io.CopyN(&other, text, size)
	if r := p.compare(&other, size); r != same {
		return r
	}
	if p.From > 0 {
		if _, err := io.CopyN(io.Discard, text, p.From-size); err != nil {
			return shorter
		}
		other.skipTo(p.From)
	}
	if _, err := io.CopyN(&other, text, p.Size-other.Size); err != nil {
		return shorter
	}
	if other.All.Sum64() != p.All.Sum64() {
		return different
	}
	return same
}

// digest is a hash whose state can be stored.
type digest struct{ xxhash.Digest }

// MarshalText returns the state of the hash.
func (d *digest) MarshalText() ([]byte, error) {
	state, err := d.MarshalBinary()
	return base64.StdEncoding.AppendEncode(nil, state), err
}

// UnmarshalText restores the state of the hash.
func (d *digest) UnmarshalText(text []byte) error {
	state, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	return d.UnmarshalBinary(state)
}
