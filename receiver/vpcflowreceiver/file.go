// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// headSize is how much of its beginning tells one file from another, in bytes.
const headSize = 1000

// file is what is known of a file that the file consumer watches.
type file struct {
	progress
	// key is where the progress was last stored; empty before that.
	key string
	// object is the id of an object of S3, under which its progress is stored; empty for a file.
	object string
	// path is where the file was when it was last read as text; empty before that.
	path string
	// format is that of the lines at Position, where a header has told it; else nil.
	format *flow.Format
	// gzip says that the file is compressed, compressed how many bytes of it, as it lies on the disk, are dealt with; that
	// also of a Parquet file.
	gzip       bool
	compressed int64
	// midLine says that Position is inside a line that is too long.
	midLine bool
	// lastBad is for the message that no line of the file can be decoded.
	lastBad *flow.LineError
}

// progress is how far a file has been read, and what was found up to there. It is stored under a key made of the file's
// beginning, uncompressed: so it is found again when the file was renamed, compressed, or replaced by a longer one.
type progress struct {
	// Position counts the bytes, uncompressed, that are dealt with for good: the next consumer has their records.
	Position int64 `json:"position"`
	// Lines, Headers, Records and Bad count lines before Position. Lines is -1 when reading did not begin at the first.
	Lines   int64 `json:"lines"`
	Headers int64 `json:"headers,omitempty"`
	Records int64 `json:"records,omitempty"`
	Bad     int64 `json:"bad,omitempty"`
	// Format is what file.format was made of.
	Format string `json:"format,omitempty"`
	// Parquet says that the file is one: Position and Lines then count rows, and Head is what tells the file from others.
	Parquet bool `json:"parquet,omitempty"`
	// Outcome is what was last reported of the file.
	Outcome outcome `json:"outcome,omitempty"`
	// Enveloped says that the lines are inside of documents; Within is then how many lines behind Position, which is at a
	// document's end, are dealt with, too.
	Enveloped bool  `json:"enveloped,omitempty"`
	Within    int64 `json:"within,omitempty"`
	// Done says that an object was read to its end. The rest is then forgotten.
	Done bool `json:"done,omitempty"`
	// Head is the file's beginning up to Position, until all of headSize is there and stored: then the key is final.
	Head []byte `json:"head,omitempty"`
	// Sequence numbers the keys in the order in which they were first stored.
	Sequence uint64 `json:"sequence"`
}

// isBeyond says that more is dealt with than by another progress in the same file.
func (p *progress) isBeyond(other *progress) bool {
	return p.Position > other.Position || p.Position == other.Position && p.Within > other.Within
}

// headKey is the key of the progress of files that begin with head.
func headKey(head []byte) string {
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:16])
}

// properKey is the key under which the progress belongs. It changes while the file is shorter than headSize, and is
// empty while nothing of it is dealt with.
func (f *file) properKey() string {
	switch {
	case f.object != "":
		return f.object
	case f.Position == 0 && f.Within == 0:
		return ""
	case f.Head == nil:
		return f.key
	default:
		return headKey(f.Head)
	}
}

// beginsWith says that head can be the beginning of the file, as far as that is known.
func (f *file) beginsWith(head []byte) bool {
	if f.Head == nil && f.Position > 0 {
		return len(head) >= headSize && headKey(head[:headSize]) == f.key
	}
	return bytes.HasPrefix(head, f.Head)
}

// add counts what was found in a block.
func (f *file) add(counts flow.Counts) {
	f.Headers += int64(counts.Headers)
	f.Records += int64(counts.Records)
	for _, n := range counts.Bad {
		f.Bad += int64(n)
	}
	if counts.FirstBad != nil {
		f.lastBad = counts.FirstBad
	}
}

// gzipMark stands before the key of a compressed file where the file consumer stores it.
const gzipMark = "gzip:"

// MarshalText is the file as the file consumer stores it with its own position: the key of its progress. So the
// progress follows the file even where its beginning cannot be read any more, as after a rename.
func (f *file) MarshalText() ([]byte, error) {
	if f.gzip {
		return []byte(gzipMark + f.key), nil
	}
	return []byte(f.key), nil
}

// advance moves the position past text that is dealt with.
func (f *file) advance(text []byte) {
	f.behold(text)
	f.Position += int64(len(text))
	if f.Lines >= 0 {
		f.Lines += int64(bytes.Count(text, []byte{'\n'}))
	}
}

// behold keeps what belongs to the file's beginning of text that follows Position.
func (f *file) behold(text []byte) {
	if room := headSize - f.Position; room > 0 {
		f.Head = append(f.Head[:min(f.Position, int64(len(f.Head)))], text[:min(room, int64(len(text)))]...)
	}
}
