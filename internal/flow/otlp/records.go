// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"iter"
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
func All(logs plog.Logs) iter.Seq[LogRecord] {
	return func(yield func(LogRecord) bool) {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					if !yieldLines(LogRecord{resource.Resource(), scope.Scope(), record, "", nil}, yield) {
						return
					}
				}
			}
		}
	}
}

// yieldLines yields a record, or each line of a block.
func yieldLines(record LogRecord, yield func(LogRecord) bool) bool {
	if !isBlock(record.LogRecord) {
		return yield(record)
	}
	record.block = &lineBlock{record.Body().Str()}
	for rest := record.block.text; rest != ""; {
		end := strings.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		record.line, rest = flow.Trim(rest[:end]), rest[end:]
		if record.line != "" && !yield(record) {
			return false
		}
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
