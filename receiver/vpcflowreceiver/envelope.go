// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// readEnvelope reads a file whose lines are inside of documents, from where it was left to its present end. A document
// need not end where a line of the file does, so what the file consumer reads of the file itself is passed over.
func (s *files) readEnvelope(ctx context.Context, f *file, t tokens, known bool) error {
	if t.begin > 0 && t.end() <= f.compressed {
		return nil
	}
	input, size, err := t.open()
	if err != nil {
		return err
	}
	defer input.Close()
	head := make([]byte, min(headSize, size))
	if _, err := input.ReadAt(head, 0); err != nil {
		return err
	}
	if !known && t.begin > 0 {
		// The file consumer was told to start at the end.
		*f = startAt(t.begin, head)
	}
	s.recognize(ctx, f, head, t.path)
	lines := flow.NewLines(io.NewSectionReader(input, f.Position, max(0, size-f.Position)))
	lines.Follow()
	if fault, err := s.unpack(ctx, f, t, lines); fault != nil || err != nil {
		return errors.Join(fault, err)
	}
	f.compressed = size
	s.conclude(ctx, f, t.path, f.outcome(), nil)
	return nil
}

// unpack hands on the lines of a file that are inside of documents, from its position on. fault is what is wrong with the
// file; err is that of acceptLines.
func (s *files) unpack(ctx context.Context, f *file, t tokens, lines *flow.Lines) (fault, err error) {
	f.Enveloped = true
	for {
		block, fault := lines.Next()
		if errors.Is(fault, io.EOF) {
			return nil, nil
		}
		if fault != nil {
			return fault, nil
		}
		s.decoder.SetAccount(lines.Account())
		err := s.acceptLines(ctx, f, t, block, lines.Source())
		s.decoder.SetAccount("")
		if err != nil {
			return nil, err
		}
		counts := lines.Counts()
		s.intake.count(ctx, counts, origin{name: t.path})
		f.add(counts)
		f.advance(lines.Source())
		f.Within -= int64(bytes.Count(block, []byte{'\n'}))
	}
}

// acceptLines deals with the lines that came out of the part of a file behind its position, batch by batch. The position
// is that of a document, so how many of the lines are dealt with is counted beside it.
func (s *files) acceptLines(ctx context.Context, f *file, t tokens, lines, source []byte) error {
	for range min(f.Within, int64(bytes.Count(lines, []byte{'\n'}))) {
		lines = lines[bytes.IndexByte(lines, '\n')+1:]
	}
	f.behold(source)
	for len(lines) > 0 {
		length, batch, err := s.split(lines, true)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		s.decoder.SetFormat(s.formatOf(f))
		counts, err := s.intake.take(ctx, s.decoder, batch, origin{name: t.path, attributes: t.forRecords})
		if err != nil {
			return err
		}
		if counts.Headers > 0 {
			f.format = s.decoder.Format()
		}
		f.add(counts)
		f.Within += int64(bytes.Count(batch, []byte{'\n'}))
		lines = lines[length:]
		if s.intake.now().Sub(s.lastSave) >= saveInterval {
			s.save(ctx, f, t.path)
		}
	}
	return nil
}
