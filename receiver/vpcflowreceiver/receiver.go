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
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

// vpcFlowReceiver runs the sources that are configured.
type vpcFlowReceiver struct {
	id        component.ID
	config    *Config
	telemetry *telemetry
	client    storage.Client
	sources   []ingest.Source
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
	ingester, err := ingest.New(set, ingest.Config{
		Format: format, EmitLines: cfg.Emit == emitLines, MaxBatchSize: cfg.MaxBatchSize, Retry: cfg.RetryOnFailure,
	}, next)
	if err != nil {
		return nil, err
	}
	if cfg.S3.HasValue() {
		s, err := s3source.New(cfg.S3.Get(), ingester)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, s)
	}
	if cfg.Firehose.HasValue() {
		s, err := firehosesource.New(cfg.Firehose.Get(), ingester)
		if err != nil {
			return nil, err
		}
		r.sources = append(r.sources, s)
	}
	return r, nil
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
	r.telemetry.countFromZero(ctx)
	for _, s := range r.sources {
		if err := s.Start(ctx, host, r.client); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown ends reading. What the next consumer has not accepted by then is read again after the next start.
func (r *vpcFlowReceiver) Shutdown(ctx context.Context) error {
	var errs []error
	for _, s := range r.sources {
		errs = append(errs, s.Shutdown(ctx))
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
