// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receiverhelper"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// source is where flow logs come from. What it reads, it gives to the intake.
type source interface {
	// start begins to read. The client is where positions are kept; nil where the user wants none kept. The host is asked for
	// extensions, and told when the source ends by itself.
	start(ctx context.Context, host component.Host, client storage.Client) error
	// shutdown ends reading and stores where it has come to. It is called after a start that failed or never was, too.
	shutdown(ctx context.Context) error
}

// vpcFlowReceiver runs the sources that are configured.
type vpcFlowReceiver struct {
	id        component.ID
	config    *Config
	telemetry *telemetry
	client    storage.Client
	sources   []source
}

func newReceiver(set receiver.Settings, cfg *Config, next consumer.Logs) (*vpcFlowReceiver, error) {
	in, err := newIntake(set, cfg, next)
	if err != nil {
		return nil, err
	}
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	if unknown := format.Unknown(); len(unknown) > 0 {
		set.Logger.Warn("format names fields that are not known: their values are kept as aws.vpc.flow.field.<name>",
			zap.Strings("fields", unknown))
	}
	r := &vpcFlowReceiver{id: set.ID, config: cfg, telemetry: in.telemetry}
	if cfg.Files.HasValue() {
		s, err := newFiles(*cfg.Files.Get(), newDecoder(cfg, format), cfg.MaxBatchSize, set.TelemetrySettings, in)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, s)
	}
	if cfg.S3.HasValue() {
		s, err := newS3Source(cfg.S3.Get(), func() *decoder { return newDecoder(cfg, format) }, cfg.MaxBatchSize, in)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, s)
	}
	if cfg.Firehose.HasValue() {
		r.sources = append(r.sources, newFirehose(cfg.Firehose.Get(),
			func() *decoder { return newDecoder(cfg, format) }, cfg.MaxBatchSize, set.TelemetrySettings, in.once()))
	}
	return r, nil
}

// newS3Source makes the source that lists a bucket, or that which a queue tells of objects, or the one and then the other.
func newS3Source(c *s3Config, newDecoder func() *decoder, maxBatch int, in *intake) (source, error) {
	o := newObjects(c, newDecoder, maxBatch, in)
	switch {
	case !c.lists():
		return newQueue(c, o), nil
	case c.SQSQueueURL == "":
		return newHistory(c, o, nil)
	}
	return newHistory(c, o, newQueue(c, o))
}

func newIntake(set receiver.Settings, cfg *Config, next consumer.Logs) (*intake, error) {
	t, err := newTelemetry(set.MeterProvider)
	if err != nil {
		return nil, err
	}
	report, err := receiverhelper.NewObsReport(receiverhelper.ObsReportSettings{ReceiverID: set.ID, ReceiverCreateSettings: set})
	if err != nil {
		return nil, err
	}
	out := &delivery{
		next: next, retry: cfg.RetryOnFailure, report: report,
		telemetry: t, logger: set.Logger, now: time.Now,
	}
	return &intake{delivery: out, telemetry: t, logger: set.Logger, now: time.Now}, nil
}

// Start begins to read.
func (r *vpcFlowReceiver) Start(ctx context.Context, host component.Host) error {
	if err := r.openStorage(ctx, host); err != nil {
		return err
	}
	r.telemetry.countFromZero(ctx, r.config)
	for _, s := range r.sources {
		if err := s.start(ctx, host, r.client); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown ends reading. What the next consumer has not accepted by then is read again after the next start.
func (r *vpcFlowReceiver) Shutdown(ctx context.Context) error {
	var errs []error
	for _, s := range r.sources {
		errs = append(errs, s.shutdown(ctx))
	}
	if r.client != nil {
		errs = append(errs, r.client.Close(ctx))
		r.client = nil
	}
	return errors.Join(errs...)
}

func (r *vpcFlowReceiver) openStorage(ctx context.Context, host component.Host) error {
	if r.config.Storage == nil {
		return nil
	}
	extension, ok := host.GetExtensions()[*r.config.Storage]
	if !ok {
		return fmt.Errorf("storage: extension %q is not among the extensions of the service", r.config.Storage)
	}
	opener, ok := extension.(storage.Extension)
	if !ok {
		return fmt.Errorf("storage: extension %q is not a storage extension", r.config.Storage)
	}
	client, err := opener.GetClient(ctx, component.KindReceiver, r.id, "")
	if err != nil {
		return fmt.Errorf("storage: extension %q: %w", r.config.Storage, err)
	}
	r.client = client
	return nil
}
