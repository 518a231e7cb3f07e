// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"time"

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

// Announce passes an empty batch to the next consumer, so that components restore the state for the context of the calls. It
// retries for some time. An error means that no component may have restored its state.
func (in *Ingester) Announce(ctx context.Context) error {
	for begin := time.Now(); ; {
		err := in.sender.next.ConsumeLogs(ctx, plog.NewLogs())
		if err == nil || time.Since(begin) > announceRetries || !Sleep(ctx, announceInterval) {
			return err
		}
	}
}

const (
	announceRetries  = 5 * time.Second
	announceInterval = 100 * time.Millisecond
)
