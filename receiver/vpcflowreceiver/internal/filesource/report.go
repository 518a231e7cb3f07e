// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// reporter counts and logs the outcomes of files.
type reporter struct {
	logger *zap.Logger
	files  metric.Int64Counter
}

func newReporter(set component.TelemetrySettings) (*reporter, error) {
	m := ingest.NewMeter(set.MeterProvider)
	r := &reporter{logger: set.Logger, files: m.Counter("files", "{file}", "Files, by the outcome of reading them.")}
	return r, m.Err()
}

// outcomeLog contains the level and message of each outcome.
var outcomeLog = map[ingest.Outcome]struct {
	level zapcore.Level
	text  string
}{
	ingest.OutcomeRead:        {zapcore.DebugLevel, "file was read to its end"},
	ingest.OutcomeEmpty:       {zapcore.InfoLevel, "file is empty"},
	ingest.OutcomeHeaderOnly:  {zapcore.InfoLevel, "file has a header and no records"},
	ingest.OutcomeUndecodable: {zapcore.ErrorLevel, "file has no line that can be decoded; check its header or the configured format"},
	ingest.OutcomeBinary:      {zapcore.ErrorLevel, "file is binary and is skipped"},
	ingest.OutcomeTruncated:   {zapcore.WarnLevel, "gzip file is truncated; the rest is read when the file has grown"},
	ingest.OutcomeCorrupt:     {zapcore.ErrorLevel, "file is corrupt; only the part before the error was read"},
	ingest.OutcomeIncomplete:  {zapcore.InfoLevel, "parquet file is incomplete; it is read when it has a footer"},
}

// outcome counts and logs the outcome of a file, unless it is the same as the last one.
func (r *reporter) outcome(f *file, o ingest.Outcome, reason error) {
	if f.Outcome == o {
		return
	}
	f.Outcome = o
	if o == ingest.OutcomeUndecodable && f.BadLine() != nil {
		reason = f.BadLine()
	}
	fields := []zap.Field{
		zap.Int64("records", f.Records), zap.Int64("bad_lines", f.BadLines), zap.Int64("position", f.Offset),
	}
	if reason != nil {
		fields = append(fields, zap.NamedError("reason", reason))
	}
	r.report(f.path, o, fields...)
}

// empty reports an empty file.
func (r *reporter) empty(path string) { r.report(path, ingest.OutcomeEmpty) }

func (r *reporter) report(path string, o ingest.Outcome, fields ...zap.Field) {
	ingest.AddBy(context.Background(), r.files, 1, "outcome", string(o))
	r.logger.Log(outcomeLog[o].level, outcomeLog[o].text, append(fields, zap.String("file", path))...)
}
