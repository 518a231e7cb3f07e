// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"unicode/utf8"

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

// binaryCheck is the number of bytes that isBinary examines.
const binaryCheck = 512

// isBinary reports whether the beginning of an input is not text.
func isBinary(head []byte) bool {
	if len(head) > binaryCheck {
		head = head[:binaryCheck]
		// The last character may be cut in two.
		for range utf8.UTFMax - 1 {
			if r, _ := utf8.DecodeLastRune(head); r != utf8.RuneError {
				break
			}
			head = head[:len(head)-1]
		}
	}
	return bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head)
}
