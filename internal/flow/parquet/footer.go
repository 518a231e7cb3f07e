// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Magic is at the start and the end of a Parquet file.
const Magic = "PAR1"

// encryptedMagic replaces Magic in a file with an encrypted footer.
const encryptedMagic = "PARE"

// maxFooter bounds the footer of a file, in bytes. AWS writes about ten thousand.
const maxFooter = 16 << 20

// ErrNoFooter means that a file starts like a Parquet file but does not end like one. It was cut off, or is still being
// written.
var ErrNoFooter = errors.New("find Parquet footer: the file is truncated or not yet complete")

// checkFooter checks that a file is a complete Parquet file. It returns a hash of its footer and size. The footer is
// specific to a file: it contains the offset and length of each column, and usually its minimum and maximum.
func checkFooter(r io.ReaderAt, size int64) (sum [sha256.Size]byte, err error) {
	const tail = 4 + len(Magic)
	head := make([]byte, min(size, int64(len(Magic))))
	if err := readFull(r, head, 0); err != nil {
		return sum, err
	}
	switch {
	case string(head) == encryptedMagic:
		return sum, errors.New("decode Parquet footer: the file is encrypted")
	case !strings.HasPrefix(Magic, string(head)):
		return sum, fmt.Errorf("not a Parquet file: it starts with %q", head)
	case size < int64(len(Magic)+tail):
		return sum, ErrNoFooter
	}
	end := make([]byte, tail)
	if err := readFull(r, end, size-int64(tail)); err != nil {
		return sum, err
	}
	if string(end[4:]) != Magic {
		return sum, ErrNoFooter
	}
	length := int64(binary.LittleEndian.Uint32(end))
	if length > min(size-int64(len(Magic)+tail), maxFooter) {
		return sum, fmt.Errorf("decode Parquet footer: invalid length of %d bytes", length)
	}
	footer := make([]byte, length)
	if err := readFull(r, footer, size-int64(tail)-length); err != nil {
		return sum, err
	}
	return sha256.Sum256(binary.LittleEndian.AppendUint64(footer, uint64(size))), nil
}

// readFull fills p from an offset of the file. It is not an error if the file ends after p.
func readFull(r io.ReaderAt, p []byte, offset int64) error {
	n, err := r.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	return fmt.Errorf("read Parquet file: %w", err)
}
