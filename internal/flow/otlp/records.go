// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"iter"
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// LogRecord is a log record with its resource and scope.
type LogRecord struct {
	Resource pcommon.Resource
	Scope    pcommon.InstrumentationScope
	plog.LogRecord
	// line is one line of a block; empty for other records.
	line  string
	block *lineBlock
}

// lineBlock identifies a log record with a block of lines.
type lineBlock struct{ text string }

// All iterates over all log records in logs. For a block of lines, it yields the record once for each line.
func All(logs plog.Logs) iter.Seq[LogRecord] { return Part{logs, 0, math.MaxInt}.All() }

// Part is a range of the log records in logs. Each line of a block counts as a record.
type Part struct {
	logs     plog.Logs
	from, to int // positions of records; to is exclusive
}

// Split divides logs into at most n parts of at least minimum records, which can be read concurrently. It does not divide
// logs with records that may be header lines, because a header changes how later records are read.
func Split(logs plog.Logs, n, minimum int) []Part {
	if n == 1 {
		return []Part{{logs, 0, math.MaxInt}}
	}
	records, hasHeaders := count(logs)
	n = max(1, min(n, records/minimum))
	if hasHeaders {
		n = 1
	}
	parts := make([]Part, n)
	for i := range parts {
		parts[i] = Part{logs, i * records / n, (i + 1) * records / n}
	}
	return parts
}

// count returns the number of records, and whether some of them may be header lines because their scope does not name a
// format.
func count(logs plog.Logs) (records int, mayHaveHeaders bool) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			mayHaveHeaders = mayHaveHeaders || textOf(scope.Scope().Attributes(), keyFormat) == ""
			for _, record := range scope.LogRecords().All() {
				records += lengthOf(record)
			}
		}
	}
	return records, mayHaveHeaders
}

// lengthOf returns how many records a record counts as.
func lengthOf(record plog.LogRecord) int {
	if !isBlock(record) {
		return 1
	}
	lines, _ := record.Attributes().Get(keyLines)
	return int(max(1, min(lines.Int(), math.MaxInt32)))
}

// All iterates over the log records of the part.
func (p Part) All() iter.Seq[LogRecord] {
	return func(yield func(LogRecord) bool) {
		position := 0
		for _, resource := range p.logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					length := lengthOf(record)
					if !p.yield(LogRecord{resource.Resource(), scope.Scope(), record, "", nil}, position, length, yield) {
						return
					}
					position += length
				}
			}
		}
	}
}

// yield yields a record, or each line of a block, if its position is in the part.
func (p Part) yield(record LogRecord, position, length int, yield func(LogRecord) bool) bool {
	if position+length <= p.from || position >= p.to {
		return true
	}
	if !isBlock(record.LogRecord) {
		return yield(record)
	}
	record.block = &lineBlock{record.Body().Str()}
	last := position + length - 1 // also of lines that are missing in the length
	for rest := record.block.text; rest != ""; {
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		record.line, rest = flow.Trim(rest[:end]), rest[end:]
		if record.line == "" {
			continue
		}
		if position >= p.from && position < p.to && !yield(record) {
			return false
		}
		position = min(position+1, last)
	}
	return true
}

// isBlock reports whether the body of a record is a block of lines.
func isBlock(record plog.LogRecord) bool {
	if record.Body().Type() != pcommon.ValueTypeStr {
		return false
	}
	lines, ok := record.Attributes().Get(keyLines)
	return ok && lines.Type() == pcommon.ValueTypeInt
}
