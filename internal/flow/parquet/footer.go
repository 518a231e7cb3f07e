// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ParquetMagic is what a Parquet file begins and ends with.
const ParquetMagic = "PAR1"

// encryptedMagic stands there in a file of which the footer is encrypted.
const encryptedMagic = "PARE"

// maxFooter bounds the footer of a file, in bytes. AWS writes some ten thousand.
const maxFooter = 16 << 20

// ErrNoFooter says that a file begins as a Parquet file does and does not end as one: it is cut off, or still being
// written.
var ErrNoFooter = errors.New("the Parquet file has no footer: it is cut off, or not yet complete")

// checkFooter finds out whether a file is a whole Parquet file, and gives a sum of its footer and its size. The footer
// says where each column begins and how long it is, and most often the least and greatest values, so that it is of this
// file only.
func checkFooter(r io.ReaderAt, size int64) (sum [sha256.Size]byte, err error) {
	const tail = 4 + len(ParquetMagic)
	head := make([]byte, min(size, int64(len(ParquetMagic))))
	if err := readFull(r, head, 0); err != nil {
		return sum, err
	}
	switch {
	case string(head) == encryptedMagic:
		return sum, errors.New("the Parquet file is encrypted")
	case !strings.HasPrefix(ParquetMagic, string(head)):
		return sum, fmt.Errorf("it is not a Parquet file: it begins with %q", head)
	case size < int64(len(ParquetMagic)+tail):
		return sum, ErrNoFooter
	}
	end := make([]byte, tail)
	if err := readFull(r, end, size-int64(tail)); err != nil {
		return sum, err
	}
	if string(end[4:]) != ParquetMagic {
		return sum, ErrNoFooter
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length > min(size-int64(len(ParquetMagic)+tail), maxFooter) {
		return sum, fmt.Errorf("the footer of the Parquet file is corrupt: it would have %d bytes", length)
	}
	footer := make([]byte, length)
	if err := readFull(r, footer, size-int64(tail)-length); err != nil {
		return sum, err
	}
	return sha256.Sum256(binary.LittleEndian.AppendUint64(footer, uint64(size))), nil
}

// readFull is io.ReadFull at a place in the file. The end of the file behind what was asked for is no error.
func readFull(r io.ReaderAt, p []byte, offset int64) error {
	n, err := r.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	return fmt.Errorf("read the Parquet file: %w", err)
}
