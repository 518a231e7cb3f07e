// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v7"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"
)

// The kinds of refusal that cost records.
const (
	refusedPermanently = "permanent"
	refusedTooOften    = "retries_exhausted"
)

// delivery hands records to the next consumer, and again as long as it refuses them.
type delivery struct {
	next      consumer.Logs
	retry     configretry.BackOffConfig
	report    *receiverhelper.ObsReport
	telemetry *telemetry
	logger    *zap.Logger
	now       func() time.Time
	// once says that records are offered once only, as whoever sent them will do so again.
	once     bool
	drops    sampler
	refusals sampler
}

// send returns nil when nothing more is to be done about the records: the next consumer has them, or they were counted
// as lost because it will never take them. Its only error is that ctx ended before, or what the next consumer said when
// records are offered once only; then nothing may be passed over.
//
// again makes the records anew for the next attempt, as whoever refused them may have changed them.
func (d *delivery) send(ctx context.Context, logs plog.Logs, again func() plog.Logs) error {
	records := logs.LogRecordCount()
	opCtx := d.report.StartLogsOp(ctx)
	kind, err := d.offer(opCtx, logs, again)
	d.report.EndLogsOp(opCtx, "text", records, err)
	switch {
	case err == nil:
		d.telemetry.records.Add(ctx, int64(records))
	case kind == "":
		return err
	default:
		add(ctx, d.telemetry.refused, records, "kind", kind)
		if since, ok := d.drops.pass(d.now(), int64(records)); ok {
			d.logger.Error("The next consumer refuses records for good: they are lost",
				zap.Int64("records_since_last_message", since), zap.String("kind", kind), zap.Error(err))
		}
	}
	return nil
}

// offer gives the kind of refusal that ended it, which is empty when ctx did.
func (d *delivery) offer(ctx context.Context, logs plog.Logs, again func() plog.Logs) (kind string, _ error) {
	waits := backoff.ExponentialBackOff{
		InitialInterval:     d.retry.InitialInterval,
		RandomizationFactor: d.retry.RandomizationFactor,
		Multiplier:          d.retry.Multiplier,
		MaxInterval:         d.retry.MaxInterval,
	}
	begin := d.now()
	for {
		err := d.next.ConsumeLogs(ctx, logs)
		switch {
		case err == nil:
			return "", nil
		case d.once:
			d.refuse(err)
			return "", err
		case consumererror.IsPermanent(err):
			return refusedPermanently, err
		case ctx.Err() != nil:
			return "", ctx.Err()
		}
		wait := waits.NextBackOff()
		if !d.retry.Enabled || d.retry.MaxElapsedTime > 0 && d.now().Add(wait).Sub(begin) > d.retry.MaxElapsedTime {
			return refusedTooOften, err
		}
		if since, ok := d.refusals.pass(d.now(), 1); ok {
			d.logger.Warn("The next consumer refuses records: they will be offered again",
				zap.Int64("refusals_since_last_message", since), zap.Duration("retry_in", wait), zap.Error(err))
		}
		if !sleep(ctx, wait) {
			return "", ctx.Err()
		}
		d.telemetry.retries.Add(ctx, 1)
		if refused := (consumererror.Logs{}); errors.As(err, &refused) {
			// Only a part was refused, and only that is offered again.
			logs, again = refused.Data(), refused.Data
		} else {
			logs = again()
		}
	}
}

// refuse reports that records were refused that will be sent again.
func (d *delivery) refuse(err error) {
	if since, ok := d.refusals.pass(d.now(), 1); ok {
		d.logger.Warn("The next consumer refuses records: whoever sent them is told to do so again",
			zap.Int64("refusals_since_last_message", since), zap.Bool("permanent", consumererror.IsPermanent(err)), zap.Error(err))
	}
}

// sleep says whether it came to its end before ctx did.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
