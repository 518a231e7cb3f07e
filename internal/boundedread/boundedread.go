// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package boundedread reads a stream up to a limit and decompresses gzip.
package boundedread

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// ErrTooLarge reports that the content is larger than the limit.
var ErrTooLarge = errors.New("is too large")

// All reads r to its end and returns the content. It decompresses content that begins like a gzip stream.
// Neither the compressed nor the decompressed content may exceed limit bytes; beyond it the error is ErrTooLarge.
func All(r io.Reader, limit int64) ([]byte, error) {
	content, err := readAtMost(r, limit)
	if err != nil || !bytes.HasPrefix(content, []byte("\x1f\x8b")) {
		return content, err
	}
	decompressor, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	content, err = readAtMost(decompressor, limit)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return content, err
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return content, nil
}
