// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// pollProgress keeps, saves and logs the progress of a bucket poller. It is safe for concurrent use.
type pollProgress struct {
	config *Config
	store  ingest.Client
	logger *zap.Logger
	now    func() time.Time
	// skipped counts the objects that were listed but not read.
	skipped   *skipCounter
	storeErrs samplelog.Sampler

	mu   sync.Mutex
	poll *pollRange
	// handled are the ids of handled objects after the position, with their times.
	handled map[string]time.Time
}

// loadPollProgress loads the progress of the configured range. A nil store keeps it in memory only.
func loadPollProgress(
	ctx context.Context, c *Config, store ingest.Client, skipped *skipCounter, logger *zap.Logger, now func() time.Time,
) (*pollProgress, error) {
	r, err := loadPollRange(ctx, store, c, now())
	if err != nil {
		return nil, err
	}
	return &pollProgress{
		config: c, store: store, logger: logger, now: now, skipped: skipped, poll: r, handled: map[string]time.Time{},
	}, nil
}

// startPass returns the position and the end of the range; the end is zero if the range is open.
func (p *pollProgress) startPass() (_ position, end time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, at := range p.handled {
		if at.Before(p.poll.Position.Time) {
			delete(p.handled, id)
		}
	}
	return p.poll.Position, p.poll.End
}

// isDone reports whether all of the range was read.
func (p *pollProgress) isDone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.poll.isDone()
}

// isHandled reports whether an object after the position was handled.
func (p *pollProgress) isHandled(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.handled[id]
	return ok
}

// recordsRead returns the number of records so far.
func (p *pollProgress) recordsRead() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.poll.Records
}

// finishObjects counts objects and saves that they were handled. Before settledBefore, the position moves to the objects;
// later, objects that precede them may still arrive.
func (p *pollProgress) finishObjects(ctx context.Context, objects []finishedObject, id func(listedObject) string, settledBefore time.Time) {
	if len(objects) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range objects {
		switch {
		case !isFetched(o.result.outcome):
			p.poll.GivenUp++
		case o.result.outcome != outcomeKnown:
			p.poll.Objects++
			p.poll.Records += o.result.records
			p.poll.Bad += o.result.bad
		}
		if o.Time.Before(settledBefore) {
			p.poll.advance(o.position)
		} else {
			p.handled[id(o.listedObject)] = o.Time
		}
	}
	p.save(ctx)
}

// finishTime saves that all objects before t were handled.
func (p *pollProgress) finishTime(ctx context.Context, t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.poll.advance(position{Time: t.UTC()})
	p.save(ctx)
}

// save stores the range, also during shutdown. The caller holds mu.
func (p *pollProgress) save(ctx context.Context) {
	if err := p.poll.save(context.WithoutCancel(ctx), p.store, p.config); err != nil {
		if since, ok := p.storeErrs.Allow(p.now(), 1); ok {
			p.logger.Error("fail to save progress", zap.Error(err), zap.Int64("errors_since_last_message", since))
		}
	}
}

// log writes a message with the progress.
func (p *pollProgress) log(message string, more ...zap.Field) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.poll
	fields := []zap.Field{
		zap.String("bucket", p.config.Bucket), zap.String("prefix", strings.TrimSuffix(p.config.Prefix, "/")), zap.Time("start_time", r.Start),
	}
	if !r.End.IsZero() {
		fields = append(fields, zap.Time("end_time", r.End))
	}
	fields = append(fields,
		zap.Time("position", r.Position.Time), zap.String("done", fmt.Sprintf("%.1f%%", 100*r.share(p.now()))),
		zap.Int64("objects", r.Objects), zap.Int64("records", r.Records), zap.Int64("bad_lines", r.Bad),
		zap.Int64("objects_given_up", r.GivenUp), zap.Int64("objects_skipped", p.skipped.total()),
		zap.Duration("since_first_start", p.now().Sub(r.Began).Round(time.Second)))
	p.logger.Info(message, append(fields, more...)...)
}
