// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// batch holds the flows and alerts of one call of ConsumeLogs. It is reused by later calls.
type batch struct {
	reader   *flowotlp.RecordReader
	flow     flow.Flow
	events   []detect.Event
	alerts   []*alert.Alert
	skipped  map[string]int64 // records that are not evaluated, by reason
	formats  batchFormats
	addAlert func(*alert.Alert)
}

// newBatches returns a pool of batches. format applies to lines in record bodies without a header.
func newBatches(format *flow.Format) sync.Pool {
	reader := flowotlp.NewRecordReader(format)
	return sync.Pool{New: func() any {
		b := &batch{reader: reader.Clone(), skipped: map[string]int64{}}
		b.addAlert = func(a *alert.Alert) { b.alerts = append(b.alerts, a) }
		return b
	}}
}

// classify turns the records into classified flows, and counts the records that are skipped. now is in Unix seconds.
func (b *batch) classify(logs plog.Logs, engine *detect.Engine, now int64) {
	b.events = b.events[:0]
	clear(b.skipped)
	clear(b.alerts)
	b.alerts = b.alerts[:0]
	for record := range flowotlp.All(logs) {
		if reason := b.classifyRecord(record, engine, now); reason != "" {
			b.skipped[reason]++
		}
	}
}

// classifyRecord adds the flow of a record, or returns the reason why it is skipped. It skips alerts, which also have
// addresses: a processor that receives alerts must not alert on them.
func (b *batch) classifyRecord(record flowotlp.LogRecord, engine *detect.Engine, now int64) (reason string) {
	if alertotlp.IsAlert(record.LogRecord) {
		return "alert"
	}
	if reason := b.reader.Read(record, &b.flow); reason != "" {
		return string(reason)
	}
	b.formats.add(b.reader.Format(), &b.flow)
	b.events = append(b.events, detect.Event{})
	last := len(b.events) - 1
	if skip := engine.Classify(&b.flow, now, &b.events[last]); skip != detect.Evaluate {
		b.events = b.events[:last]
		return skip.String()
	}
	return ""
}
