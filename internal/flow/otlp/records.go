// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// LogRecord is a log record with its resource and scope.
type LogRecord struct {
	Resource pcommon.Resource
	Scope    pcommon.InstrumentationScope
	plog.LogRecord
}

// All iterates over all log records in logs.
func All(logs plog.Logs) iter.Seq[LogRecord] {
	return func(yield func(LogRecord) bool) {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					if !yield(LogRecord{resource.Resource(), scope.Scope(), record}) {
						return
					}
				}
			}
		}
	}
}
