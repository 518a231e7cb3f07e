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
			if err := s.accept(ctx, f, block[f.Position-begin:], t); err != nil {
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
		if err := s.accept(ctx, f, lines.Bytes(), t); err != nil {
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
	format, _ := flow.Header(string(first))
	head = head[:min(position, headSize, int64(len(head)))]
	return file{format: format, progress: progress{Position: position, Lines: -1, Head: bytes.Clone(head)}}
}

// accept deals with one block of a file's text, which begins at the file's position, and moves the position past it.
func (s *files) accept(ctx context.Context, f *file, block []byte, t tokens) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.midLine {
		end := bytes.IndexByte(block, '\n') + 1
		f.midLine = end == 0
		if f.midLine {
			end = len(block)
		}
		f.advance(block[:end])
		block = block[end:]
	}
	if len(block) == 0 {
		return nil
	}
	if f.Position == 0 && isBinary(block) {
		s.conclude(ctx, f, t.path, outcomeBinary, nil)
	}
	from := origin{name: t.path, line: f.Lines + 1, attributes: t.forRecords}
	var counts flow.Counts
	switch {
	case f.Outcome == outcomeBinary:
	case len(block) > flow.MaxLine && block[len(block)-1] != '\n':
		f.midLine = true
		counts = tooLong(block)
		s.intake.count(ctx, counts, from)
	default:
		var err error
		s.decoder.SetFormat(s.formatOf(f))
		if counts, err = s.intake.take(ctx, s.decoder, block, from); err != nil {
			return err
		}
		if counts.Headers > 0 {
			f.format = s.decoder.Format()
		}
	}
	f.add(counts)
	f.advance(block)
	if s.intake.now().Sub(s.lastSave) >= saveInterval {
		s.save(ctx, f, t.path)
	}
	return nil
}

// formatOf is what the file's header has told, or else the configured format.
func (s *files) formatOf(f *file) *flow.Format {
	if f.format != nil {
		return f.format
	}
	return s.format
}

// tooLong counts a line of which only the beginning is known, and that it is too long.
func tooLong(beginning []byte) flow.Counts {
	const sample = 64
	return flow.Counts{
		Bad:          map[flow.Reason]int{flow.TooLong: 1},
		FirstBad:     &flow.LineError{Reason: flow.TooLong, Value: string(bytes.ToValidUTF8(beginning[:sample], []byte{'?'}))},
		FirstBadLine: 1,
	}
}
