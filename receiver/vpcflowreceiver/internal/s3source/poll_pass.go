// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v7"
	"go.uber.org/zap"
)

const (
	// maxFailed is how many objects in a row may fail to be fetched before reading waits: then it is not a matter of the
	// objects.
	maxFailed = 1000
	// maxTries is how often an object is tried again at once, in longer and longer waits, if S3 or the network fails.
	maxTries = 10
	// progressInterval is how often the progress is told.
	progressInterval = 10 * time.Second
)

// readResult is what was found in an object.
type readResult struct {
	outcome      outcome
	records, bad int64
}

// failedObject is an object that could not be fetched.
type failedObject struct {
	listed
	outcome outcome
}

// fetched says that the object could be had, whatever is in it.
func (r readResult) fetched() bool {
	switch r.outcome {
	case outcomeMissing, outcomeDenied, outcomeChanged, outcomeUnreadable:
		return false
	}
	return true
}

// read reads an object, whose records wait for their turn.
func (h *history) read(ctx context.Context, o listed, turn func(context.Context) error) (readResult, error) {
	obj := h.object(o)
	obj.turn = turn
	return h.readObject(ctx, obj)
}

func (h *history) readObject(ctx context.Context, obj object) (readResult, error) {
	f, result, err := h.objects.readFile(ctx, obj)
	if err != nil {
		return readResult{}, err
	}
	return readResult{result, f.Records, f.Bad}, nil
}

// deal deals with an object that was read. One that is there no longer is given up. One that could not be fetched is tried
// again when one behind it has been: so nothing is lost while nothing can be fetched at all, and none keeps the others
// up. Its only error is that ctx ended.
func (h *history) deal(ctx context.Context, r *reading) error {
	result, err := h.insist(ctx, r.object, r.result)
	if err != nil {
		return err
	}
	if result.outcome == outcomeMissing && len(h.failed) == 0 {
		h.lose(ctx, r.object, result.outcome)
		h.finish(ctx, r.object, result)
		return nil
	}
	if !result.fetched() {
		h.failed = append(h.failed, failedObject{r.object, result.outcome})
		if len(h.failed) < maxFailed {
			return nil
		}
		if err := h.waitForFirst(ctx); err != nil {
			return err
		}
		return h.retry(ctx)
	}
	if err := h.retry(ctx); err != nil {
		return err
	}
	h.finish(ctx, r.object, result)
	return nil
}

// insist tries again while it is S3 or the network that fails, and takes an object that is there by now in place of the
// one that was listed.
func (h *history) insist(ctx context.Context, o listed, result readResult) (readResult, error) {
	obj := h.object(o)
	waits := newWaits()
	for range maxTries {
		switch result.outcome {
		case outcomeChanged:
			obj.etag, obj.size = "", -1
		case outcomeUnreadable:
			if !sleep(ctx, waits.NextBackOff()) {
				return result, ctx.Err()
			}
		default:
			return result, nil
		}
		var err error
		if result, err = h.readObject(ctx, obj); err != nil {
			return result, err
		}
	}
	return result, nil
}

// retry tries the objects again that could not be fetched, once: those that cannot be are given up.
func (h *history) retry(ctx context.Context) error {
	for len(h.failed) > 0 {
		o := h.failed[0].listed
		result, err := h.readObject(ctx, h.object(o))
		if err != nil {
			return err
		}
		h.failed = h.failed[1:]
		if !result.fetched() {
			h.lose(ctx, o, result.outcome)
		}
		h.finish(ctx, o, result)
	}
	return nil
}

// waitForFirst waits until the first of the objects that could not be fetched can be.
func (h *history) waitForFirst(ctx context.Context) error {
	waits := newWaits()
	for {
		wait := waits.NextBackOff()
		h.objects.intake.logger.Error("No object can be fetched; reading waits until the first can be",
			zap.String("bucket", h.config.Bucket), zap.String("key", h.failed[0].Key), zap.Int("failed_in_a_row", len(h.failed)),
			zap.String("needs", "s3:GetObject, and kms:Decrypt where the objects are encrypted with a key of KMS"), zap.Duration("retry_in", wait))
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
		first := h.failed[0].listed
		result, err := h.readObject(ctx, h.object(first))
		switch {
		case err != nil:
			return err
		case result.outcome == outcomeMissing:
			return nil
		case result.fetched():
			h.failed = h.failed[1:]
			h.finish(ctx, first, result)
			return nil
		}
	}
}

func newWaits() *backoff.ExponentialBackOff {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = time.Second, time.Minute, 2
	return waits
}

// giveUp gives up the objects that could not be fetched.
func (h *history) giveUp(ctx context.Context) {
	for _, o := range h.failed {
		h.lose(ctx, o.listed, o.outcome)
		h.finish(ctx, o.listed, readResult{outcome: o.outcome})
	}
	h.failed = nil
}

// lose reports an object that is given up: each, as what was in it will be missed.
func (h *history) lose(ctx context.Context, o listed, because outcome) {
	h.mu.Lock()
	h.state.GivenUp++
	h.mu.Unlock()
	add(ctx, h.objects.intake.telemetry.s3PassedOver, 1, "reason", string(givenUp))
	h.objects.intake.logger.Error("An object cannot be fetched and is passed over",
		zap.String("bucket", h.config.Bucket), zap.String("key", o.Key), zap.String("outcome", string(because)))
}

// finish moves on behind an object.
func (h *history) finish(ctx context.Context, o listed, result readResult) {
	h.mu.Lock()
	if result.fetched() && result.outcome != outcomeKnown {
		h.state.Objects++
		h.state.Records += result.records
		h.state.Bad += result.bad
	}
	if o.Time.Before(h.settled) {
		h.state.passTo(o.standing)
	}
	h.mu.Unlock()
	if !o.Time.Before(h.settled) {
		obj := h.object(o)
		h.recent.Store(obj.id(), o.Time)
	}
	h.save(ctx)
}

// report tells the progress of a pass that takes long, until it is stopped.
func (h *history) report(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		records := h.recordsRead()
		for sleep(ctx, progressInterval) {
			before := records
			records = h.recordsRead()
			h.tell("Reading flow logs", zap.Int64("records_per_second", (records-before)/int64(progressInterval/time.Second)))
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

func (h *history) recordsRead() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state.Records
}
