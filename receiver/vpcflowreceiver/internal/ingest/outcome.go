// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"errors"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// Outcome is the result of reading an input to its present end. It is the value of a metric's label.
type Outcome string

// The outcomes that depend on the content of an input.
const (
	OutcomeRead        Outcome = "read"
	OutcomeEmpty       Outcome = "empty"
	OutcomeHeaderOnly  Outcome = "header_only"
	OutcomeUndecodable Outcome = "undecodable"
	OutcomeBinary      Outcome = "binary"
	OutcomeTruncated   Outcome = "truncated"
	OutcomeCorrupt     Outcome = "corrupt"
	OutcomeIncomplete  Outcome = "incomplete"
)

// Result returns the outcome of an input that was read up to the checkpoint. The error says why reading ended there: nil
// at the end of the input, or an *InputError.
func (c *Checkpoint) Result(err error) Outcome {
	switch {
	case err == nil:
		return c.contentOutcome()
	case errors.Is(err, parquet.ErrNoFooter):
		return OutcomeIncomplete
	case errors.Is(err, parquet.ErrNoField):
		return OutcomeUndecodable
	case !c.Parquet && errors.Is(err, io.ErrUnexpectedEOF):
		return OutcomeTruncated
	}
	return OutcomeCorrupt
}

// contentOutcome is the outcome of an input that was read to its end.
func (c *Checkpoint) contentOutcome() Outcome {
	switch {
	case c.Binary:
		return OutcomeBinary
	case c.Records > 0:
		return OutcomeRead
	case c.BadLines > 0:
		return OutcomeUndecodable
	case c.Headers > 0:
		return OutcomeHeaderOnly
	case c.Enveloped && c.Offset > 0:
		return OutcomeRead
	}
	return OutcomeEmpty
}
