// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v7"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// maxFailed is the number of failed objects in a row after which reading waits, because the cause is then probably
	// an outage.
	maxFailed = 1000
	// maxTries is the number of attempts to read an object if S3 or the network fails, with growing waits between them.
	maxTries = 10
	// progressInterval is how often a long pass logs its progress.
	progressInterval = 10 * time.Second
)

// pollPass reads the listed objects once, in order. An object that cannot be fetched waits until a later object can be
// fetched. It is then retried and, if that fails too, given up. Therefore no object is given up during an outage, and a
// bad object does not stop the others. The position does not move past a waiting object.
type pollPass struct {
	config   *Config
	reader   *objectReader
	progress *pollProgress
	logger   *zap.Logger
	// settledBefore is the time before which no more objects are expected. Objects after it are listed again in the next
	// pass, because objects with an earlier time may still arrive.
	settledBefore time.Time
	// isLast means that no later pass will find objects.
	isLast bool
	// failed are the objects that wait. No object after them has been finished.
	failed []failedObject
	// finished are the objects that were read but are not yet in the progress, in order, because the first one is not
	// confirmed.
	finished []finishedObject
}

// finishedObject is an object that was read or given up.
type finishedObject struct {
	listedObject
	result readResult
}

// failedObject is an object that could not be fetched.
type failedObject struct {
	listedObject
	outcome ingest.Outcome
}

// run reads the listed objects that have not been handled, and waits until they are confirmed. It returns an error only if
// ctx ends.
func (p *pollPass) run(ctx context.Context, objects iter.Seq2[listedObject, error]) error {
	stop := p.logProgress(ctx)
	defer stop()
	err := readAhead(ctx, p.config.MaxConcurrentObjects, p.skipHandled(objects), p)
	if err == nil {
		err = p.waitForConfirmed(ctx, 0)
	}
	if err != nil {
		p.reader.ingester.Flush(context.WithoutCancel(ctx))
		p.commit(ctx)
	}
	return err
}

// skipHandled leaves out objects that were handled.
func (p *pollPass) skipHandled(objects iter.Seq2[listedObject, error]) iter.Seq2[listedObject, error] {
	return func(yield func(listedObject, error) bool) {
		for o, err := range objects {
			if err == nil && p.progress.isHandled(p.id(o)) {
				continue
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// read implements objectHandler.
func (p *pollPass) read(ctx context.Context, o listedObject, turn waitTurn) (readResult, error) {
	return p.reader.read(ctx, p.object(o), turn)
}

// handle implements objectHandler. It finishes an object or adds it to those that wait. It returns an error only if ctx
// ends.
func (p *pollPass) handle(ctx context.Context, o listedObject, result readResult) error {
	result, err := p.retryTransient(ctx, o, result)
	switch {
	case err != nil:
		return err
	case isFetched(result.outcome):
		if err := p.retryFailed(ctx); err != nil {
			return err
		}
		return p.finish(ctx, o, result)
	case result.outcome == outcomeMissing && len(p.failed) == 0:
		// The object was deleted after it was listed.
		return p.giveUp(ctx, o, result.outcome)
	default:
		if p.failed = append(p.failed, failedObject{o, result.outcome}); len(p.failed) < maxFailed {
			return nil
		}
		if err := p.waitForFirst(ctx); err != nil {
			return err
		}
		return p.retryFailed(ctx)
	}
}

// retryTransient retries while S3 or the network fails. If the object was replaced, it reads the new content.
func (p *pollPass) retryTransient(ctx context.Context, o listedObject, result readResult) (readResult, error) {
	obj := p.object(o)
	waits := newFetchWaits()
	for range maxTries {
		switch result.outcome {
		case outcomeChanged:
			obj.etag, obj.size = "", -1
		case outcomeUnreadable:
			if !ingest.Sleep(ctx, waits.NextBackOff()) {
				return result, ctx.Err()
			}
		default:
			return result, nil
		}
		var err error
		if result, err = p.reader.read(ctx, obj, nil); err != nil {
			return result, err
		}
	}
	return result, nil
}

// retryFailed retries each object that waits once, in order, and gives it up if that fails.
func (p *pollPass) retryFailed(ctx context.Context) error {
	for len(p.failed) > 0 {
		o := p.failed[0].listedObject
		result, err := p.reader.read(ctx, p.object(o), nil)
		if err != nil {
			return err
		}
		p.failed = p.failed[1:]
		finish := p.finish
		if !isFetched(result.outcome) {
			finish = func(ctx context.Context, o listedObject, result readResult) error {
				return p.giveUp(ctx, o, result.outcome)
			}
		}
		if err := finish(ctx, o, result); err != nil {
			return err
		}
	}
	return nil
}

// waitForFirst retries the first object that waits until it is fetched or missing.
func (p *pollPass) waitForFirst(ctx context.Context) error {
	waits := newFetchWaits()
	for {
		wait := waits.NextBackOff()
		p.logger.Error("fail to fetch any object: waiting for the first one",
			zap.String("bucket", p.config.Bucket), zap.String("key", p.failed[0].Key), zap.Int("failed_in_a_row", len(p.failed)),
			zap.String("required_permission", "s3:GetObject, and kms:Decrypt for objects encrypted with a KMS key"), zap.Duration("retry_in", wait))
		if !ingest.Sleep(ctx, wait) {
			return ctx.Err()
		}
		first := p.failed[0].listedObject
		result, err := p.reader.read(ctx, p.object(first), nil)
		switch {
		case err != nil:
			return err
		case result.outcome == outcomeMissing:
			return nil
		case isFetched(result.outcome):
			p.failed = p.failed[1:]
			return p.finish(ctx, first, result)
		}
	}
}

// giveUpFailed gives up all failed objects. It returns an error only if ctx ends.
func (p *pollPass) giveUpFailed(ctx context.Context) error {
	for _, o := range p.failed {
		if err := p.giveUp(ctx, o.listedObject, o.outcome); err != nil {
			return err
		}
	}
	p.failed = nil
	return nil
}

// giveUp logs and counts an object whose records are lost, and finishes it. It returns an error only if ctx ends.
func (p *pollPass) giveUp(ctx context.Context, o listedObject, outcome ingest.Outcome) error {
	p.reader.telemetry.countSkipped(ctx, skipGivenUp)
	p.logger.Error("fail to fetch object: giving up",
		zap.String("bucket", p.config.Bucket), zap.String("key", o.Key), zap.String("outcome", string(outcome)))
	return p.finish(ctx, o, readResult{outcome: outcome})
}

// finish adds an object to the progress when it and those before it are confirmed. It returns an error only if ctx ends.
func (p *pollPass) finish(ctx context.Context, o listedObject, result readResult) error {
	p.finished = append(p.finished, finishedObject{o, result})
	p.commit(ctx)
	return p.waitForConfirmed(ctx, maxUnconfirmed)
}

// commit adds the objects that are confirmed to the progress, in order.
func (p *pollPass) commit(ctx context.Context) {
	n := 0
	for n < len(p.finished) && isClosed(p.finished[n].result.confirmed) {
		n++
	}
	p.progress.finishObjects(ctx, p.finished[:n], p.id, p.settledBefore)
	p.finished = slices.Delete(p.finished, 0, n)
}

// waitForConfirmed waits until at most limit objects are not confirmed.
func (p *pollPass) waitForConfirmed(ctx context.Context, limit int) error {
	for len(p.finished) > limit {
		p.reader.ingester.SaveSoon()
		select {
		case <-p.finished[0].result.confirmed:
		case <-ctx.Done():
			return ctx.Err()
		}
		p.commit(ctx)
	}
	return nil
}

func (p *pollPass) id(o listedObject) string {
	obj := p.object(o)
	return obj.id()
}

// object converts a listed object. Only new objects get a creation time, because the delay of old ones is meaningless.
func (p *pollPass) object(o listedObject) object {
	obj := object{bucket: p.config.Bucket, key: o.Key, etag: trimETag(o.etag), size: o.size}
	if o.Time.After(p.settledBefore) {
		obj.created = o.modified
	}
	return obj
}

// logProgress logs the progress every progressInterval until stop returns.
func (p *pollPass) logProgress(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		records := p.progress.recordsRead()
		for ingest.Sleep(ctx, progressInterval) {
			before := records
			records = p.progress.recordsRead()
			p.progress.log("reading flow logs", zap.Int64("records_per_second", (records-before)/int64(progressInterval/time.Second)))
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

func newFetchWaits() *backoff.ExponentialBackOff {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = time.Second, time.Minute, 2
	return waits
}
