// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"iter"
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
	parts    []*classifier   // work concurrently
	events   []*detect.Event // of all parts, in order
	alerts   []*alert.Alert
	skipped  map[string]int64 // records that are not evaluated, by reason
	addAlert func(*alert.Alert)

	outOfRange []detect.OutOfRange // of the parts
	logged     []loggedKey         // the scopes and VPCs of all records
}

// minPart is the least number of records for which another goroutine pays.
const minPart = 256

// newBatches returns a pool of batches with the given number of parts. format applies to lines in record bodies without a
// header. Without emitDryRun, dry-run alerts are dropped.
func newBatches(format *flow.Format, parts int, emitDryRun bool) sync.Pool {
	reader := flowotlp.NewRecordReader(format)
	return sync.Pool{New: func() any {
		b := &batch{skipped: map[string]int64{}}
		for range parts {
			b.parts = append(b.parts, &classifier{reader: reader.Clone(), skipped: map[string]int64{}, outOfRange: detect.OutOfRange{}})
		}
		b.addAlert = func(a *alert.Alert) {
			if emitDryRun || !a.DryRun {
				b.alerts = append(b.alerts, a)
			}
		}
		return b
	}}
}

// classify turns the records into classified flows, and counts the records that are skipped. now is in Unix seconds.
func (b *batch) classify(logs plog.Logs, engine *detect.Engine, now int64) {
	b.reset()
	parts := flowotlp.Split(logs, len(b.parts), minPart)
	var others sync.WaitGroup
	for i := range parts[1:] {
		others.Go(func() { b.parts[i+1].classify(parts[i+1].All(), engine, now) })
	}
	b.parts[0].classify(parts[0].All(), engine, now)
	others.Wait()
	b.merge(len(parts))
}

func (b *batch) reset() {
	clear(b.skipped)
	clear(b.alerts)
	b.alerts, b.events, b.outOfRange, b.logged = b.alerts[:0], b.events[:0], b.outOfRange[:0], b.logged[:0]
}

// merge adds the results of the first parts.
func (b *batch) merge(parts int) {
	for _, part := range b.parts[:parts] {
		b.logged = append(b.logged, part.logged...)
		for i := range part.events {
			b.events = append(b.events, &part.events[i])
		}
		for reason, n := range part.skipped {
			b.skipped[reason] += n
		}
		if len(part.outOfRange) > 0 {
			b.outOfRange = append(b.outOfRange, part.outOfRange)
		}
	}
}

// checkFormats logs which helpful fields the formats of the records lack.
func (b *batch) checkFormats(warnings *formatWarnings) {
	for _, part := range b.parts {
		warnings.check(&part.formats)
	}
}

// classifier turns the records of a part into classified flows.
type classifier struct {
	reader  *flowotlp.RecordReader
	events  []detect.Event
	skipped map[string]int64
	formats batchFormats

	outOfRange detect.OutOfRange
	logged     []loggedKey
}

func (c *classifier) classify(records iter.Seq[flowotlp.LogRecord], engine *detect.Engine, now int64) {
	clear(c.skipped)
	clear(c.outOfRange)
	c.events, c.logged = c.events[:0], c.logged[:0]
	for record := range records {
		if reason := c.classifyRecord(record, engine, now); reason != "" {
			c.skipped[reason]++
		}
	}
}

// classifyRecord adds the flow of a record, or returns the reason why it is skipped. It skips alerts, which also have
// addresses: a processor that receives alerts must not alert on them.
func (c *classifier) classifyRecord(record flowotlp.LogRecord, engine *detect.Engine, now int64) (reason string) {
	if alertotlp.IsAlert(record.LogRecord) {
		return "alert"
	}
	last := len(c.events)
	if last == cap(c.events) {
		c.events = append(c.events, detect.Event{})
	}
	c.events = c.events[:last+1]
	ev := &c.events[last] // may have the values of an earlier batch
	if reason = string(c.reader.Read(record, &ev.Flow)); reason == "" {
		c.formats.add(c.reader.Format(), &ev.Flow)
		c.noteLogged(engine, &ev.Flow)
		skip := engine.Classify(&ev.Flow, now, ev)
		if skip == detect.Evaluate {
			return ""
		}
		if skip == detect.TimeOutOfRange {
			c.outOfRange.Add(engine, &ev.Flow)
		}
		reason = skip.String()
	}
	c.events = c.events[:last]
	return reason
}
