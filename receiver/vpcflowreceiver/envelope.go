// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
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
	lines := envelope.NewReader(io.NewSectionReader(input, f.Position, max(0, size-f.Position)))
	lines.Follow()
	if fault, err := s.unpack(ctx, f, lines, t.origin()); fault != nil || err != nil {
		return errors.Join(fault, err)
	}
	f.compressed = size
	s.conclude(ctx, f, t.path, f.outcome(), nil)
	return nil
}
