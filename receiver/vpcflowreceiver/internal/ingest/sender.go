// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v7"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/componenthealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
)

// sender sends records to the next consumer, and retries those that it refuses.
type sender struct {
	next      consumer.Logs
	retry     configretry.BackOffConfig
	report    *receiverhelper.ObsReport
	telemetry *telemetry
	health    *componenthealth.Health
	logger    *zap.Logger
	now       func() time.Time
	// once disables retries.
	once bool
	// byAccount sends the records of each account in a call of its own.
	byAccount bool
	drops     samplelog.Sampler
	refusals  samplelog.Sampler
}

func newSender(set receiver.Settings, cfg Config, next consumer.Logs, t *telemetry) (*sender, error) {
	report, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, ReceiverCreateSettings: set})
	if err != nil {
		return nil, err
	}
	return &sender{
		next: next, retry: cfg.Retry, report: report, telemetry: t, health: new(componenthealth.Health), logger: set.Logger, now: cfg.Now,
		byAccount: cfg.ByAccount,
	}, nil
}

func (s *sender) withoutRetry() *sender {
	return &sender{
		next: s.next, once: true, report: s.report, telemetry: s.telemetry, health: s.health, logger: s.logger, now: s.now, byAccount: s.byAccount,
	}
}

// The reasons for which records are dropped.
const (
	dropPermanent = "permanent"
	dropRetries   = "retries_exhausted"
)

// send sends records until the next consumer accepts them, and counts them. It drops and counts records that are
// refused permanently or for too long. It returns an error if ctx ends first or, without retries, if the consumer
// refuses the records.
//
// records is the number of flow log records in logs. They follow the checkpoint of the input. again returns the records for
// the next attempt.
func (s *sender) send(ctx context.Context, in *Input, logs plog.Logs, records int, again func() plog.Logs) error {
	logRecords := logs.LogRecordCount()
	opCtx := s.report.StartLogsOp(ctx)
	drop, err := s.try(opCtx, func(logs plog.Logs) error { return s.deliver(opCtx, in, logs, records) }, logs, again)
	s.report.EndLogsOp(opCtx, "text", logRecords, err)
	switch {
	case err == nil:
		s.telemetry.records.Add(ctx, int64(records))
	case drop == "":
		return err
	default:
		AddBy(ctx, s.telemetry.refused, records, "kind", drop)
		if since, ok := s.drops.Allow(s.now(), int64(records)); ok {
			s.logger.Error("records dropped because the next consumer refuses them",
				zap.Int64("records_since_last_message", since), zap.String("kind", drop), zap.Error(err))
		}
	}
	return nil
}

// deliver sends records to the next consumer once, with their position.
func (s *sender) deliver(ctx context.Context, in *Input, logs plog.Logs, records int) error {
	if s.byAccount {
		return s.deliverByAccount(ctx, in, logs, records)
	}
	if in.Track == nil {
		return s.next.ConsumeLogs(ctx, logs)
	}
	b := &delivery.Batch{Input: in.Track.input, First: in.Checkpoint.Records, Records: int64(records), Origin: in.Origin}
	err := s.next.ConsumeLogs(delivery.NewContext(ctx, b), logs)
	// If one of several consumers refuses the records, another one may have claimed them.
	in.Track.sent(b.Close())
	return err
}

// try sends records until they are accepted. It returns the reason to drop them, or "" if they must not be dropped.
func (s *sender) try(ctx context.Context, send func(plog.Logs) error, logs plog.Logs, again func() plog.Logs) (drop string, _ error) {
	waits := backoff.ExponentialBackOff{
		InitialInterval:     s.retry.InitialInterval,
		RandomizationFactor: s.retry.RandomizationFactor,
		Multiplier:          s.retry.Multiplier,
		MaxInterval:         s.retry.MaxInterval,
	}
	begin := s.now()
	for {
		err := send(logs)
		switch {
		case err == nil:
			return "", nil
		case s.once:
			s.logRefusal("fail to send records; the client must send them again", err,
				zap.Bool("permanent", consumererror.IsPermanent(err)))
			return "", err
		case consumererror.IsPermanent(err):
			return dropPermanent, err
		case ctx.Err() != nil:
			return "", ctx.Err()
		}
		wait := waits.NextBackOff()
		if !s.retry.Enabled || s.retry.MaxElapsedTime > 0 && s.now().Add(wait).Sub(begin) > s.retry.MaxElapsedTime {
			return dropRetries, err
		}
		s.logRefusal("fail to send records; they will be sent again", err, zap.Duration("retry_in", wait))
		if !Sleep(ctx, wait) {
			return "", ctx.Err()
		}
		s.telemetry.retries.Add(ctx, 1)
		if refused := (consumererror.Logs{}); errors.As(err, &refused) {
			// The consumer accepted the others.
			logs, again = refused.Data(), refused.Data
		} else {
			logs = again()
		}
	}
}

func (s *sender) logRefusal(message string, err error, field zap.Field) {
	if since, ok := s.refusals.Allow(s.now(), 1); ok {
		s.logger.Warn(message, zap.Int64("refusals_since_last_message", since), field, zap.Error(err))
	}
}

// Sleep waits. It returns false if ctx ended before.
func Sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
