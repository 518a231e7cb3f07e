// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// intake decodes blocks of lines and sees to it that the records reach the next consumer. All sources share it.
type intake struct {
	delivery  *delivery
	telemetry *telemetry
	logger    *zap.Logger
	now       func() time.Time
	badLines  sampler
}

// origin says where a block of lines comes from.
type origin struct {
	// name is for people: the path of a file.
	name string
	// line is the number of the block's first line, counted from 1; 0 where it is not known.
	line int64
	// attributes are added to the resources of the records.
	attributes map[string]string
	// turn waits until it is the turn of the records to be handed on; nil where it always is.
	turn func(ctx context.Context) error
}

// take decodes a block of lines and hands over its records. Its only error is that ctx ended first: then the block
// counts as never taken, and the decoder is where it was.
func (in *intake) take(ctx context.Context, decoder *decoder, block []byte, from origin) (flow.Counts, error) {
	before := decoder.Format()
	counts, err := in.hand(ctx, from, func(now pcommon.Timestamp) (plog.Logs, flow.Counts) {
		decoder.SetFormat(before)
		return decoder.Decode(block, now)
	})
	if err != nil {
		decoder.SetFormat(before)
	}
	return counts, err
}

// hand hands over the records that decode makes, as often as the next consumer has to be asked. Its only error is that ctx
// ended first.
func (in *intake) hand(ctx context.Context, from origin, decode func(now pcommon.Timestamp) (plog.Logs, flow.Counts)) (flow.Counts, error) {
	marked := func() (plog.Logs, flow.Counts) {
		logs, counts := decode(pcommon.NewTimestampFromTime(in.now()))
		from.mark(logs)
		return logs, counts
	}
	logs, counts := marked()
	if from.turn != nil {
		if err := from.turn(ctx); err != nil {
			return flow.Counts{}, err
		}
	}
	if counts.Records > 0 {
		err := in.delivery.send(ctx, logs, func() plog.Logs {
			logs, _ := marked()
			return logs
		})
		if err != nil {
			return flow.Counts{}, err
		}
	}
	in.count(ctx, counts, from)
	return counts, nil
}

// count counts and reports the lines that gave no record.
func (in *intake) count(ctx context.Context, counts flow.Counts, from origin) {
	if len(counts.Unknown) > 0 {
		in.logger.Info("A header names fields that are not known: their values are kept as aws.vpc.flow.field.<name>",
			zap.String("file", from.name), zap.Strings("fields", counts.Unknown))
	}
	if counts.Controls > 0 {
		in.telemetry.controls.Add(ctx, int64(counts.Controls))
	}
	if counts.FirstBad == nil {
		return
	}
	bad := 0
	for reason, n := range counts.Bad {
		add(ctx, in.telemetry.badLines, n, "reason", string(reason))
		bad += n
	}
	line := int64(0)
	if from.line > 0 {
		line = from.line + int64(counts.FirstBadLine) - 1
	}
	in.reportBadLine(counts.FirstBad, bad, from.name, line)
}

// reportBadLine logs one bad line, unless it has just done so; n is how many there were.
func (in *intake) reportBadLine(err *flow.LineError, n int, name string, line int64) {
	since, ok := in.badLines.pass(in.now(), int64(n))
	if !ok {
		return
	}
	in.logger.Warn("A line cannot be decoded and is passed over",
		zap.String("file", name), zap.Int64("line", line), zap.String("reason", string(err.Reason)),
		zap.String("field", err.Field), zap.String("value", err.Value), zap.Int64("bad_lines_since_last_message", since))
}

// once is the same intake for a source whose sender offers again what is refused: then hand and take may fail with what
// the next consumer said, too.
func (in *intake) once() *intake {
	d := in.delivery
	out := &delivery{next: d.next, once: true, report: d.report, telemetry: d.telemetry, logger: d.logger, now: d.now}
	return &intake{delivery: out, telemetry: in.telemetry, logger: in.logger, now: in.now}
}

// mark adds the attributes of the origin to all resources that do not have them.
func (o origin) mark(logs plog.Logs) {
	if len(o.attributes) == 0 {
		return
	}
	for _, resource := range logs.ResourceLogs().All() {
		for key, value := range o.attributes {
			if _, ok := resource.Resource().Attributes().Get(key); !ok {
				resource.Resource().Attributes().PutStr(key, value)
			}
		}
	}
}
