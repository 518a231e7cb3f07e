// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxHeader is how much of a file is looked at for its header where reading begins later, in bytes.
const maxHeader = 4 << 10

// readText decodes what the file consumer has read of a text file.
func (s *files) readText(ctx context.Context, f *file, t tokens, known bool) error {
	if !known {
		s.recognize(ctx, f, t.head(), t.path)
	} else if f.Position == t.begin && t.begin < headSize {
		mistaken := f.path != "" && f.path != t.path
		if s.recognize(ctx, f, t.headAfter(f.Head), t.path) && mistaken {
			return s.readApart(ctx, f, t)
		}
	}
	f.path = t.path
	switch {
	case t.begin > f.Position:
		// The file consumer was told to start at the end, or the position could not be stored.
		*f = startAt(t.begin, readHead(t.path, maxHeader))
	case t.begin < f.Position && known && fileSize(t.path) < f.Position:
		// The file was truncated, and the file consumer was told not to ignore that (on_truncate).
		*f = startAt(t.begin, readHead(t.path, maxHeader))
	}
	begin := t.begin
	for i, block := range t.blocks {
		if end := t.ends[i]; end > f.Position {
			if err := s.accept(ctx, f, block[f.Position-begin:], t.origin()); err != nil {
				return err
			}
		}
		begin = t.ends[i]
	}
	if f.Position >= fileSize(t.path) {
		s.conclude(ctx, f, t.path, f.outcome(), nil)
	}
	return nil
}

// recognize finds the progress of a file by its beginning, and says whether it did. What is known of the file already
// is only given up for one that is farther, or when another file is there by now.
func (s *files) recognize(ctx context.Context, f *file, head []byte, path string) bool {
	found, err := s.positions.find(ctx, head)
	if err != nil {
		s.fault(ctx, path, err)
	}
	other := !f.beginsWith(head)
	switch {
	case found != nil && (other || found.isBeyond(&f.progress)):
		found.gzip, found.compressed, found.path = f.gzip, f.compressed, f.path
		*f = *found
		return true
	case other:
		*f = file{gzip: f.gzip, compressed: f.compressed, progress: progress{Enveloped: f.Enveloped}}
	}
	return false
}

// readApart reads a text file for which the file consumer takes us back, poll by poll, to the end of another: one that
// is so short that the file begins with all of it, such as one with a header only, and that stands before it. We know
// better, from the file's beginning, how far it was read. The file consumer's position stays where it is, so that it
// does not read all of the file in vain each time.
func (s *files) readApart(ctx context.Context, f *file, t tokens) error {
	input, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer input.Close()
	if _, err := input.Seek(f.Position, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 2*maxBlock)
	lines.Split(s.split)
	for lines.Scan() {
		if err := s.accept(ctx, f, lines.Bytes(), t.origin()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errStay
}

// errStay makes the file consumer's position stay where it is although nothing is wrong.
var errStay = errors.New("the file was read apart")

// startAt is a file of which nothing is known but what it begins with: if that is a header, it is taken for the format
// of what follows.
func startAt(position int64, head []byte) file {
	if position == 0 {
		return file{}
	}
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	format, _ := flow.ParseHeader(string(first))
	head = head[:min(position, headSize, int64(len(head)))]
	return file{format: format, progress: progress{Position: position, Lines: -1, Head: bytes.Clone(head)}}
}
