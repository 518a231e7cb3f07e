// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsfencodingextension

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

// encoding writes log records as JSON lines. It is safe for concurrent use.
type encoding struct {
	logger  *zap.Logger
	skipped samplelog.Sampler
}

// Start does nothing.
func (*encoding) Start(context.Context, component.Host) error { return nil }

// Shutdown does nothing.
func (*encoding) Shutdown(context.Context) error { return nil }

// MarshalLogs returns an event for each alert and each flow log record, one per line. Other records are left out. The last
// line has no line end, because exporters add one.
func (e *encoding) MarshalLogs(logs plog.Logs) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	skipped := 0
	for a, err := range alertotlp.All(logs) {
		if err != nil {
			skipped++
			continue
		}
		if err := encoder.Encode(ocsf.Finding(a)); err != nil {
			return nil, err
		}
	}
	reader := flowotlp.NewRecordReader(nil)
	for record := range flowotlp.All(logs) {
		if alertotlp.IsAlert(record.LogRecord) {
			continue
		}
		var f flow.Flow
		if reason := reader.Read(record, &f); reason != "" {
			if reason != flow.HeaderLine {
				skipped++
			}
			continue
		}
		end := record.Timestamp().AsTime().UnixMilli()
		if end < f.Time*1000 {
			end = 0 // The record has no end, or is a block of lines.
		}
		event := ocsf.Activity(&f, end)
		if event == nil {
			skipped++
			continue
		}
		if err := encoder.Encode(event); err != nil {
			return nil, err
		}
	}
	e.report(skipped)
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}

// report logs records that are not events, at most once per interval.
func (e *encoding) report(skipped int) {
	if skipped == 0 {
		return
	}
	if since, ok := e.skipped.Allow(time.Now(), int64(skipped)); ok {
		e.logger.Warn("records are neither alerts nor flow log records and are left out", zap.Int64("records_since_last_message", since))
	}
}
