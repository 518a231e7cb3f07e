// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// maxRounds is the number of passes, poll_interval apart, that retry the failed objects at the end of a range.
const maxRounds = 10

// bucketPoller lists the objects of a time range and reads them in the order of their time. The range can have no end.
// It lists older objects once, and objects within lookback in each pass, because objects can arrive late.
type bucketPoller struct {
	config   *Config
	lister   *objectLister
	reader   *objectReader
	progress *pollProgress
	logger   *zap.Logger
	now      func() time.Time
	// hasQueue means that a queue announces the objects that arrive after the range.
	hasQueue bool
}

// run reads until the range is done. It returns an error only if ctx ends.
func (b *bucketPoller) run(ctx context.Context) error {
	if b.progress.isDone() {
		b.progress.log("range already read: change start_time or end_time to read another one")
		return nil
	}
	b.progress.log("reading flow logs in the order of their time")
	caughtUp, rounds := false, 0
	for {
		pass, err := b.runPass(ctx)
		if err != nil {
			return err
		}
		if len(pass.failed) > 0 && pass.isLast {
			if rounds++; rounds > maxRounds {
				if err := pass.giveUpFailed(ctx); err != nil {
					return err
				}
			}
		}
		if len(pass.failed) == 0 {
			b.progress.finishTime(ctx, pass.settledBefore)
		}
		if b.progress.isDone() {
			b.progress.log("range read completely")
			return nil
		}
		if !caughtUp && len(pass.failed) == 0 {
			caughtUp = true
			b.progress.log("all present flow logs read: polling for new ones", zap.Duration("poll_interval", b.config.PollInterval))
		}
		if !ingest.Sleep(ctx, b.config.PollInterval) {
			return ctx.Err()
		}
	}
}

// runPass lists and reads the objects after the position once.
func (b *bucketPoller) runPass(ctx context.Context) (*pollPass, error) {
	now := b.now()
	after, end := b.progress.startPass()
	pass := &pollPass{config: b.config, reader: b.reader, progress: b.progress, logger: b.logger, settledBefore: now.Add(-b.config.Lookback)}
	if b.hasQueue {
		pass.settledBefore = now // The queue announces late objects.
	}
	until := now.Add(maxClockSkew)
	if !end.IsZero() {
		until = end
		if !pass.settledBefore.Before(end) {
			pass.settledBefore, pass.isLast = end, true
		}
	}
	err := pass.run(ctx, b.lister.list(ctx, after, until, now))
	return pass, err
}
