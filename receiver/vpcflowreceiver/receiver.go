// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/kafkasource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

// vpcFlowReceiver runs the sources that are configured.
type vpcFlowReceiver struct {
	id       component.ID
	config   *Config
	ingester *ingest.Ingester
	client   storage.Client
	sources  []ingest.Source
}

func newReceiver(set receiver.Settings, cfg *Config, next consumer.Logs) (*vpcFlowReceiver, error) {
	format, err := flow.ChooseFormat(cfg.Format)
	if err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	if unknown := format.Unknown(); len(unknown) > 0 {
		set.Logger.Warn("format has unknown fields; their values become attributes aws.vpc.flow.field.<name>",
			zap.Strings("fields", unknown))
	}
	in, err := ingest.New(set, ingest.Config{
		Format: format, Emit: emits[cfg.Emit], MaxBatchSize: cfg.MaxBatchSize, ByAccount: cfg.BatchByAccount, Retry: cfg.RetryOnFailure,
	}, next)
	if err != nil {
		return nil, err
	}
	sources, err := newSources(cfg, in)
	if err != nil {
		return nil, err
	}
	return &vpcFlowReceiver{id: set.ID, config: cfg, ingester: in, sources: sources}, nil
}

func newSources(cfg *Config, in *ingest.Ingester) (sources []ingest.Source, _ error) {
	if cfg.Files.HasValue() {
		s, err := filesource.New(*cfg.Files.Get(), in)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	if cfg.S3.HasValue() {
		s, err := s3source.New(cfg.S3.Get(), in)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	if cfg.Firehose.HasValue() {
		s, err := firehosesource.New(cfg.Firehose.Get(), in)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	if cfg.Kafka.HasValue() {
		s, err := kafkasource.New(cfg.Kafka.Get(), in)
		if err != nil {
			return nil, err
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// Start opens the storage and starts the sources.
func (r *vpcFlowReceiver) Start(ctx context.Context, host component.Host) error {
	var err error
	if r.client, err = storageclient.Open(ctx, host, r.config.Storage, component.KindReceiver, r.id, ""); err != nil {
		return err
	}
	r.ingester.Health.SetHost(host)
	r.ingester.Start(ctx)
	for _, s := range r.sources {
		if err := s.Start(ctx, host, r.client); err != nil {
			return err
		}
	}
	return nil
}

// Shutdown stops the sources. Records that are not confirmed are read again after the next start.
func (r *vpcFlowReceiver) Shutdown(ctx context.Context) error {
	var errs []error
	for _, s := range r.sources {
		errs = append(errs, s.Shutdown(ctx))
	}
	r.ingester.Close()
	if r.client != nil {
		errs = append(errs, r.client.Close(ctx))
		r.client = nil
	}
	return errors.Join(errs...)
}
