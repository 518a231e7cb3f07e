// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// alreadyCounted is the reason to skip records that were counted before a crash, or before another component refused
// them.
const alreadyCounted = "already_counted"

// skipCounted removes the records of a classified batch that were counted before. counted is the position up to which
// the input was counted. A batch is evaluated as a whole if only a part of it was counted and a component in between has
// removed or added records, because it is then unknown which ones were counted. now is in Unix seconds.
func (b *batch) skipCounted(logs plog.Logs, engine *detect.Engine, now int64, received *delivery.Batch, counted int64) {
	if counted <= received.First {
		return
	}
	records := int64(0)
	for range flowotlp.All(logs) {
		records++
	}
	skip := counted - received.First
	switch {
	case skip >= received.Records:
		skip = records
	case records != received.Records:
		return
	}
	b.reset()
	b.parts[0].classify(after(flowotlp.All(logs), skip), engine, now)
	b.merge(1)
	b.skipped[alreadyCounted] += skip
}

// alreadyRead is the reason to skip records that two readers have read from the same object.
const alreadyRead = "already_read"

// originOf identifies the position in the object as a part of the position of a component.
type originOf struct{ engine *lockedEngine }

// skipRead removes the records of a classified batch if another reader has already read them from the same object. A block
// that was counted in part is evaluated: it is unknown which of its records were counted.
func (b *batch) skipRead(engine *lockedEngine, received *delivery.Batch) {
	origin := received.Origin
	if origin == nil || len(b.events) == 0 || received.Start(originOf{engine}, func() int64 { return engine.counted(origin.Input) }) < origin.End {
		return
	}
	records := int64(len(b.events))
	for _, n := range b.skipped {
		records += n
	}
	b.reset()
	b.skipped[alreadyRead] += records
}

// after leaves out the first n records.
func after(records iter.Seq[flowotlp.LogRecord], n int64) iter.Seq[flowotlp.LogRecord] {
	return func(yield func(flowotlp.LogRecord) bool) {
		left := n
		for record := range records {
			if left > 0 {
				left--
			} else if !yield(record) {
				return
			}
		}
	}
}
