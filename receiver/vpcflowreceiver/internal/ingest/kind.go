// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// Kind is how a file or an object is encoded.
type Kind int

// The kinds that KindOf distinguishes.
const (
	Text Kind = iota
	Gzip
	Parquet
)

var (
	gzipMagic    = []byte{0x1f, 0x8b}
	parquetMagic = []byte(parquet.Magic)
)

// KindOf returns the kind of an input that starts with head. Four bytes are enough.
func KindOf(head []byte) Kind {
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		return Gzip
	case bytes.HasPrefix(head, parquetMagic):
		return Parquet
	}
	return Text
}

// binaryCheck is the number of bytes that looksBinary examines.
const binaryCheck = 512

// looksBinary reports whether more than one in twenty of the first bytes of an input do not belong to text.
func looksBinary(head []byte) bool {
	head = head[:min(len(head), binaryCheck)]
	others := 0
	for rest := head; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == 0 || r == utf8.RuneError && size == 1 {
			others++
		}
		rest = rest[size:]
	}
	return others*20 > len(head)
}

// hasFlow reports whether a line is a header or a record.
func hasFlow(text string, format *flow.Format) bool {
	for line := range strings.Lines(text) {
		line = flow.Trim(line)
		if flow.IsHeader(line) {
			return true
		}
		if format != nil && format.Flow(line, new(flow.Flow)) == nil {
			return true
		}
	}
	return false
}
