// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// SendLogs sends records that are already decoded, and moves the checkpoint past them. again returns the records for a
// retry, because the consumer may have modified those that it refused.
func (r *Reader) SendLogs(ctx context.Context, in *Input, logs plog.Logs, again func() plog.Logs) error {
	counts := flow.Counts{}
	for range otlp.All(logs) {
		counts.Records++
	}
	if err := r.ingester.deliver(ctx, in, 0, logs, counts, again); err != nil {
		return err
	}
	in.Checkpoint.add(counts)
	return nil
}
