// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package s3source reads flow logs from S3 objects. A queue announces new objects, a bucket poller lists the objects of
// a time range, or the poller reads the past and the queue continues.
package s3source

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// Source reads S3 objects from Start to Shutdown.
type Source struct {
	config    *Config
	ingester  *ingest.Ingester
	telemetry *telemetry
	// maxCheckpoints is the maximum number of checkpoints. firstWait is passed to objectReader.
	maxCheckpoints uint64
	firstWait      time.Duration
	cancel         context.CancelFunc
	running        sync.WaitGroup
	// shared has the checkpoints of the objects if several collectors read the queue; nil otherwise.
	shared storage.Client
}

// New returns a source for a checked configuration.
func New(c *Config, in *ingest.Ingester) (*Source, error) {
	t, err := newTelemetry(in.Settings.MeterProvider)
	if err != nil {
		return nil, err
	}
	return &Source{config: c, ingester: in, telemetry: t, maxCheckpoints: ingest.MaxCheckpoints, firstWait: time.Second}, nil
}

// Start begins to read. Without a storage client, checkpoints are kept in memory.
func (s *Source) Start(ctx context.Context, _ component.Host, client storage.Client) error {
	loaded, err := loadAWSConfig(ctx, s.config, s.ingester.Settings.Logger)
	if err != nil {
		return err
	}
	return s.start(ctx, newS3Client(loaded, s.config), newSQSClient(loaded, s.config), client)
}

// Shutdown stops reading. Records that are not confirmed are read again after the next start. It may be called without
// Start.
func (s *Source) Shutdown(ctx context.Context) error {
	if s.cancel != nil {
		s.cancel()
	}
	s.running.Wait()
	if s.shared == nil {
		return nil
	}
	return s.shared.Close(ctx)
}

// s3Client is the part of the S3 client that the source uses.
type s3Client interface {
	objectGetter
	s3.ListObjectsV2APIClient
}

func (s *Source) start(ctx context.Context, bucket s3Client, messages queueClient, client ingest.Client) error {
	reader, err := s.newReader(ctx, bucket, client)
	if err != nil {
		return err
	}
	var poller *bucketPoller
	if s.config.pollsBucket() {
		if poller, err = s.newPoller(ctx, bucket, reader, client); err != nil {
			return err
		}
	}
	s.telemetry.initCounters(ctx, s.config.SQSQueueURL != "")
	ctx, s.cancel = context.WithCancel(context.Background())
	s.running.Go(func() {
		if poller != nil && poller.run(ctx) != nil {
			return
		}
		if s.config.SQSQueueURL != "" {
			s.newQueue(messages, reader).run(ctx)
		}
	})
	return nil
}

func (s *Source) newReader(ctx context.Context, bucket objectGetter, client ingest.Client) (*objectReader, error) {
	if checkpoints, err := s.sharedCheckpoints(ctx, client); checkpoints != nil || err != nil {
		return newObjectReader(s.config, bucket, s.ingester, checkpoints, s.telemetry, s.firstWait), err
	}
	checkpoints, err := ingest.OpenStore(ctx, client, "s3", s.maxCheckpoints,
		func() { s.telemetry.evicted.Add(context.Background(), 1) })
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return newObjectReader(s.config, bucket, s.ingester, checkpoints, s.telemetry, s.firstWait), nil
}

// sharer is a storage client of an extension with values that all collectors share, such as kafka_storage.
type sharer interface {
	Shared(ctx context.Context, name string, maximum int) (storage.Client, error)
}

// sharedCheckpoints returns the checkpoints that all readers of a queue share. It returns nil if there is no queue, or if the
// storage extension does not share values.
func (s *Source) sharedCheckpoints(ctx context.Context, client ingest.Client) (*ingest.Store, error) {
	shares, ok := client.(sharer)
	if !ok || s.config.SQSQueueURL == "" {
		return nil, nil
	}
	shared, err := shares.Shared(ctx, "s3", int(s.maxCheckpoints))
	if err != nil {
		return nil, fmt.Errorf("s3: open shared checkpoints: %w", err)
	}
	s.shared = shared
	return ingest.OpenSharedStore(shared, "s3"), nil
}

func (s *Source) newPoller(ctx context.Context, bucket s3Client, reader *objectReader, client ingest.Client) (*bucketPoller, error) {
	logger, now := s.ingester.Settings.Logger, s.ingester.Now
	level, err := prefixLevel(s.config.Prefix)
	if err != nil {
		return nil, fmt.Errorf("s3::prefix: %w", err)
	}
	skipped := &skipCounter{telemetry: s.telemetry, logger: logger, now: now}
	progress, err := loadPollProgress(ctx, s.config, client, skipped, logger, now)
	if err != nil {
		return nil, err
	}
	return &bucketPoller{
		config: s.config,
		lister: &objectLister{
			pageLister: pageLister{client: bucket, bucket: s.config.Bucket, logger: logger},
			prefix:     s.config.Prefix,
			level:      level,
			max:        maxListed,
			workers:    s.config.MaxConcurrentObjects,
			skipped:    skipped,
		},
		reader:   reader,
		progress: progress,
		logger:   logger,
		now:      now,
		hasQueue: s.config.SQSQueueURL != "",
	}, nil
}

func (s *Source) newQueue(client queueClient, reader *objectReader) *sqsQueue {
	return &sqsQueue{
		config: s.config, reader: reader, client: client, telemetry: s.telemetry,
		logger: s.ingester.Settings.Logger, now: s.ingester.Now,
		slots: make(chan struct{}, maxUnconfirmed), stopped: make(chan struct{}),
	}
}
