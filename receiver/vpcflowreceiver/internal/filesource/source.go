// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package filesource reads flow logs from files and follows files that grow, are renamed, copied, truncated or compressed.
package filesource

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// Source polls for files and reads their new lines.
type Source struct {
	config   Config
	ingester *ingest.Ingester
	logger   *zap.Logger
	lister   *lister
	report   *reporter
	kept     *openFiles
	known    *registry
	// workers are max_concurrent_files workers that read files concurrently.
	workers []*worker

	// candidates are the paths that match, in the order in which their files are read.
	candidates []*candidate
	// present contains the first candidate of each regular file.
	present map[identity]*candidate
	// isOther means that other files match since the last poll.
	isOther bool

	// maxInterval is the longest time between two checks of a file.
	maxInterval time.Duration
	// emptyAfter is how long a file must be empty to be reported: it may have just been created.
	emptyAfter time.Duration
	// fromEnd means that the files of the first poll are read from their end.
	fromEnd bool
	// noMatch means that the last poll found no file.
	noMatch bool

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// New returns a Source that sends records through an Ingester.
func New(cfg Config, in *ingest.Ingester) (*Source, error) {
	l, err := newLister(cfg.Criteria)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	report, err := newReporter(in.Settings)
	if err != nil {
		return nil, err
	}
	return &Source{
		config:   cfg,
		ingester: in,
		logger:   in.Settings.Logger,
		lister:   l,
		report:   report,
		kept:     &openFiles{max: cfg.MaxConcurrentFiles},

		maxInterval: maxInterval,
		emptyAfter:  time.Second,
	}, nil
}

// Start loads the checkpoints and begins to poll.
func (s *Source) Start(ctx context.Context, _ component.Host, client storage.Client) error {
	if err := s.open(ctx, client); err != nil {
		return err
	}
	ctx, s.cancel = context.WithCancel(context.Background())
	s.running.Go(func() {
		s.poll(ctx)
		for ingest.Sleep(ctx, s.config.PollInterval) {
			s.poll(ctx)
		}
	})
	return nil
}

// open loads the checkpoints and makes the workers.
func (s *Source) open(ctx context.Context, client storage.Client) error {
	var err error
	if s.known, err = openRegistry(ctx, client, func(err error) {
		s.logger.Error("fail to read checkpoint; the file is read from its beginning", zap.Error(err))
	}); err != nil {
		return err
	}
	s.fromEnd = s.config.StartAt == StartAtEnd && s.known.isEmpty()
	for range s.config.MaxConcurrentFiles {
		s.workers = append(s.workers, &worker{
			config: &s.config, reader: ingest.NewReader(s.ingester), report: s.report, kept: s.kept,
			recognizer: recognizer{known: s.known, ingester: s.ingester, onTruncate: s.config.OnTruncate, pathOf: s.pathOf},
		})
	}
	return nil
}

// pathOf returns the path of a file that is present, or "".
func (s *Source) pathOf(id identity) string {
	if c := s.present[id]; c != nil {
		return c.path
	}
	return ""
}

// Shutdown stops reading. Checkpoints are saved before it returns, unless their records cannot be confirmed.
func (s *Source) Shutdown(ctx context.Context) error {
	if s.cancel != nil {
		s.cancel()
	}
	s.running.Wait()
	s.ingester.Flush(ctx)
	s.kept.closeAll()
	return nil
}
