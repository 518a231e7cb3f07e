// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"bytes"
	"errors"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// Checkpoint records how far an input has been read, and counts what was read. Sources embed it to store more fields.
type Checkpoint struct {
	// Offset is the number of uncompressed bytes whose records the next consumer has accepted. It counts rows in a Parquet
	// file.
	Offset int64 `json:"offset"`
	// LinesAhead counts the lines after Offset that were accepted. Only documents have such lines: Offset is always at the
	// end of a document.
	LinesAhead int64 `json:"lines_ahead,omitempty"`
	// InLongLine means that Offset is inside a line that is too long.
	InLongLine bool `json:"in_long_line,omitempty"`
	// Lines counts the lines before Offset. It is -1 if reading did not begin at the first line.
	Lines int64 `json:"lines"`
	// Headers, Records and BadLines count these lines by their content.
	Headers  int64 `json:"headers,omitempty"`
	Records  int64 `json:"records,omitempty"`
	BadLines int64 `json:"bad_lines,omitempty"`
	// Format contains the field names of the last header before Offset. It is empty if there was no header.
	Format string `json:"format,omitempty"`
	// Parquet means that the input is a Parquet file, Enveloped that its lines are inside documents, and Binary that it is
	// not text and has no records.
	Parquet   bool `json:"parquet,omitempty"`
	Enveloped bool `json:"enveloped,omitempty"`
	Binary    bool `json:"binary,omitempty"`
	// CSVHeader is the header of the CSV rows after Offset.
	CSVHeader string `json:"csv_header,omitempty"`
	// Outcome is the last reported outcome of the input.
	Outcome Outcome `json:"outcome,omitempty"`
	// Done means that an input that cannot grow was read to its end. The other fields are then zero.
	Done bool `json:"done,omitempty"`
	// Sequence numbers the checkpoints in the order in which they were first stored, from 1. Store.Save sets it.
	Sequence uint64 `json:"sequence,omitempty"`

	// format is Format, compiled.
	format *flow.Format
	// badLine is the last bad line, for messages.
	badLine *flow.LineError
}

// NewCheckpoint returns a checkpoint at an offset that is not the beginning of the input. format is the format of the
// lines there. Nil means the configured format.
func NewCheckpoint(offset int64, format *flow.Format) Checkpoint {
	return Checkpoint{Offset: offset, Lines: -1, format: format}
}

func (c *Checkpoint) base() *Checkpoint { return c }

// Finish marks the input as read to its end.
func (c *Checkpoint) Finish() { *c = Checkpoint{Done: true, Sequence: c.Sequence} }

// IsBefore reports whether the checkpoint is before another one in the same input.
func (c *Checkpoint) IsBefore(other *Checkpoint) bool {
	return c.Offset < other.Offset || c.Offset == other.Offset && c.LinesAhead < other.LinesAhead
}

// BadLine returns the last line that could not be decoded since the checkpoint was loaded, or nil. If there was a bad header,
// it returns that one, because other lines may be bad for the same reason.
func (c *Checkpoint) BadLine() error {
	if c.badLine == nil {
		return nil
	}
	return c.badLine
}

// Result returns the outcome of an input that was read up to the checkpoint. err is the reason why reading ended there:
// nil at the end of the input, or an *InputError.
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

// isStart reports whether nothing was accepted.
func (c *Checkpoint) isStart() bool { return c.Offset == 0 && c.LinesAhead == 0 }

// add adds the counts of a block.
func (c *Checkpoint) add(counts flow.Counts) {
	c.Headers += int64(counts.Headers)
	c.Records += int64(counts.Records)
	for _, n := range counts.Bad {
		c.BadLines += int64(n)
	}
	if counts.FirstBad != nil && (c.badLine == nil || c.badLine.Reason != flow.BadHeader) {
		c.badLine = counts.FirstBad
	}
}

// advance moves the offset past text.
func (c *Checkpoint) advance(text []byte) {
	c.Offset += int64(len(text))
	if c.Lines >= 0 {
		c.Lines += int64(bytes.Count(text, []byte{'\n'}))
	}
}
