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

// batch holds the flows and alerts of some log records. It is reused to save allocations.
type batch struct {
	reader  *flowotlp.RecordReader
	flows   []flow.Flow
	alerts  []*alert.Alert
	refused map[string]uint64 // number of records by reason
}

// Reasons for refused records, in addition to the reasons in package flow.
const (
	badAlert     = "bad_alert"
	alertTooLong = "alert_too_long"
	noTime       = "no_time"
)

// decode decodes the records, and counts those that are neither flows nor alerts.
func (b *batch) decode(logs plog.Logs) {
	for record := range flowotlp.All(logs) {
		if reason := b.add(record); reason != "" {
			b.refused[reason]++
		}
	}
}

// add decodes a record and adds it to the batch. It returns the reason if the record is refused.
func (b *batch) add(record flowotlp.LogRecord) (reason string) {
	if alertotlp.IsAlert(record.LogRecord) {
		return b.addAlert(record.Resource, record.LogRecord)
	}
	b.flows = append(b.flows, flow.Flow{})
	last := len(b.flows) - 1
	f := &b.flows[last]
	switch notFlow := b.reader.Read(record, f); {
	case notFlow == flow.HeaderLine: // not an error
	case notFlow != "":
		reason = string(notFlow)
	case f.Time == 0:
		reason = noTime
	default:
		return ""
	}
	b.flows = b.flows[:last]
	return reason
}

// maxAlertSize bounds the texts of an alert, in bytes. Alerts of vpc_detection have about 3,000.
const maxAlertSize = 16 << 10

func (b *batch) addAlert(resource pcommon.Resource, record plog.LogRecord) (reason string) {
	if textSize(record) > maxAlertSize {
		return alertTooLong
	}
	a, err := alertotlp.FromRecord(record)
	if err == nil {
		err = alertotlp.FromResource(&a, resource)
	}
	if err != nil {
		return badAlert
	}
	b.alerts = append(b.alerts, &a)
	return ""
}

// textSize returns the size of all texts in a record, in bytes, plus eight for each list entry.
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
		return 8 // a number, or a type that alerts do not use
	}
}

// clear empties the batch, so that it does not keep the records in memory.
func (b *batch) clear() {
	clear(b.flows)
	b.flows = b.flows[:0]
	clear(b.alerts)
	b.alerts = b.alerts[:0]
	clear(b.refused)
}
