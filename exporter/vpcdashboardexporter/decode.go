// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// batch is what log records are understood into, kept for the next call.
type batch struct {
	reader  *flowotlp.RecordReader
	flows   []flow.Flow
	alerts  []*alert.Alert
	refused map[string]uint64
}

// The reasons for which records are refused, beside those of the flow package.
const (
	alertUnreadable = "bad_alert"
	alertTooLong    = "alert_too_long"
	flowWithoutTime = "no_time"
)

// understand turns the records into flows and alerts, and counts those that are neither.
func (b *batch) understand(logs plog.Logs) {
	for record := range flowotlp.All(logs) {
		if reason := b.take(record); reason != "" {
			b.refused[reason]++
		}
	}
}

// take adds a record to the batch, or says why not.
func (b *batch) take(record flowotlp.LogRecord) (reason string) {
	if alertotlp.IsAlert(record.LogRecord) {
		return b.takeAlert(record.Resource, record.LogRecord)
	}
	b.flows = append(b.flows, flow.Flow{})
	last := len(b.flows) - 1
	f := &b.flows[last]
	switch notFlow := b.reader.Read(record, f); {
	case notFlow == flow.HeaderLine: // Headers are not an error.
	case notFlow != "":
		reason = string(notFlow)
	case f.Time == 0:
		reason = flowWithoutTime
	default:
		return ""
	}
	b.flows = b.flows[:last]
	return reason
}

// maxAlert bounds the text of an alert that is kept, in bytes. One of vpc_detection has about 3,000.
const maxAlert = 16 << 10

func (b *batch) takeAlert(resource pcommon.Resource, record plog.LogRecord) (reason string) {
	if textSize(record) > maxAlert {
		return alertTooLong
	}
	a, err := alertotlp.FromRecord(record)
	if err == nil {
		err = alertotlp.FromResource(&a, resource)
	}
	if err != nil {
		return alertUnreadable
	}
	b.alerts = append(b.alerts, &a)
	return ""
}

// textSize adds up the text in a record, in bytes. Lists are counted by their entries, too.
func textSize(record plog.LogRecord) int {
	size := valueSize(record.Body())
	for key, value := range record.Attributes().All() {
		size += len(key) + valueSize(value)
	}
	return size
}

func valueSize(value pcommon.Value) int {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return len(value.Str())
	case pcommon.ValueTypeSlice:
		size := 0
		for _, entry := range value.Slice().All() {
			size += 8 + len(entry.Str())
		}
		return size
	default:
		return 8 // what is of another type is a number, or is no part of an alert
	}
}

// clear empties the batch, so that it does not hold on to the records.
func (b *batch) clear() {
	clear(b.flows)
	b.flows = b.flows[:0]
	clear(b.alerts)
	b.alerts = b.alerts[:0]
	clear(b.refused)
}
