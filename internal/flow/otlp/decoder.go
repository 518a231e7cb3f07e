// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package otlp converts flow log records to OpenTelemetry log records and back.
package otlp

import (
	"bytes"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Decoder makes log records from lines and rows. It has settings but no state, and is safe for concurrent use.
type Decoder struct {
	// Scope is the instrumentation scope of the records.
	Scope Scope
	// Emit says what the records of lines contain. It has no effect on rows.
	Emit Emit
	// LineAccounts gives each line that EmitLines keeps the resource of its account.
	LineAccounts bool
}

// Emit is what the records of lines contain.
type Emit int

// The values of Emit.
const (
	// EmitAttributes decodes each line into the attributes of its record.
	EmitAttributes Emit = iota
	// EmitLines keeps each line as the body of its record. The line is not checked against its format.
	EmitLines
	// EmitBlocks keeps consecutive lines together as the body of one record. An attribute has their number.
	EmitBlocks
)

// Decode makes log records from a block of whole lines. The last line may lack its line feed. The records are in the
// order of the lines. A new resource starts where the account or region changes. The records share one copy of the block.
//
// format applies to the lines before the first header; if it is nil, these lines are bad. next is the format of lines
// after the block. account is the account of lines that do not contain one, or empty. now becomes the observed time.
func (d Decoder) Decode(format *flow.Format, account string, block []byte, now pcommon.Timestamp) (logs plog.Logs, counts flow.Counts, next *flow.Format) {
	b := builders.Get().(*builder)
	defer b.release()
	records := 1
	if d.Emit != EmitBlocks {
		records += bytes.Count(block, []byte{'\n'})
	}
	logs = b.reset(d.Scope, account, now, records)
	b.scanner.Reset(format, string(block))
	switch d.Emit {
	case EmitLines:
		b.addLines(d.LineAccounts)
	case EmitBlocks:
		b.addBlocks()
	default:
		for b.scanner.NextRecord(&b.record) {
			b.addRecord()
		}
	}
	return logs, b.scanner.Counts(), b.scanner.Format()
}

// Rows is a batch of rows that have been read from a table.
type Rows interface {
	// Len returns the number of rows.
	Len() int
	// Record fills dst with the values of a row.
	Record(row int, dst *flow.Record) *flow.LineError
}

// DecodeRows makes log records from rows, as Decode does from lines. Calling it again with the same rows gives the same
// records. Counts.Unknown lists the unknown columns each time.
func (d Decoder) DecodeRows(rows Rows, now pcommon.Timestamp) (plog.Logs, flow.Counts) {
	b := builders.Get().(*builder)
	defer b.release()
	var counts flow.Counts
	logs := b.reset(d.Scope, "", now, rows.Len())
	for row := range rows.Len() {
		if err := rows.Record(row, &b.record); err != nil {
			counts.AddBad(err, row+1)
			continue
		}
		counts.Records++
		b.addRecord()
	}
	if rows.Len() > 0 {
		counts.Unknown = b.record.Format().Unknown()
	}
	return logs, counts
}
