// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// objectReader reads S3 objects, each once, for the queue and the bucket poller. It is safe for concurrent use.
type objectReader struct {
	config      *Config
	client      objectGetter
	ingester    *ingest.Ingester
	checkpoints *ingest.Store
	telemetry   *telemetry
	locks       *objectLocks
	open        openObjects
	// idle has max_concurrent_objects readers; a read takes one and returns it.
	idle chan *ingest.Reader
	// firstWait is the wait after the first failed request for an object; it grows with each failure in a row.
	firstWait time.Duration
	errLog    samplelog.Sampler
}

func newObjectReader(
	c *Config, client objectGetter, in *ingest.Ingester, checkpoints *ingest.Store, t *telemetry, firstWait time.Duration,
) *objectReader {
	r := &objectReader{
		config: c, client: client, ingester: in, checkpoints: checkpoints, telemetry: t,
		locks:     newObjectLocks(),
		idle:      make(chan *ingest.Reader, c.MaxConcurrentObjects),
		firstWait: firstWait,
	}
	for range c.MaxConcurrentObjects {
		r.idle <- ingest.NewReader(in)
	}
	return r
}

// readResult is the outcome of reading an object, with the numbers of records and bad lines in it.
type readResult struct {
	outcome      ingest.Outcome
	records, bad int64
	// confirmed is closed when all components that keep state have stored it, and the checkpoint is stored. Nil means that
	// there is nothing to wait for.
	confirmed <-chan struct{}
}

// waitTurn blocks until an object may deliver its records, or returns the error of ctx.
type waitTurn func(ctx context.Context) error

// read reads an object to its end, unless that was done before, and counts and logs the outcome. It calls turn, if not
// nil, before the first record is sent. It returns an error only if ctx ends: the next read then continues after the
// last accepted record.
func (r *objectReader) read(ctx context.Context, o object, turn waitTurn) (readResult, error) {
	var reader *ingest.Reader
	select {
	case reader = <-r.idle:
		defer func() { r.idle <- reader }()
	case <-ctx.Done():
		return readResult{}, ctx.Err()
	}
	result, reason, err := r.readOnce(ctx, reader, &o, turn)
	if err != nil {
		return readResult{}, err
	}
	r.telemetry.countObject(ctx, result.outcome)
	if !o.created.IsZero() && isComplete(result.outcome) && result.outcome != outcomeKnown {
		r.telemetry.delay.Record(ctx, r.ingester.Now().Sub(o.created).Seconds())
	}
	r.log(&o, result, reason)
	return result, nil
}

// readOnce reads an object if it is not known. reason is why it could not be read completely. It returns an error only
// if ctx ends.
func (r *objectReader) readOnce(ctx context.Context, reader *ingest.Reader, o *object, turn waitTurn) (_ readResult, reason, _ error) {
	if err := r.fillIn(ctx, o); err != nil {
		switch fetch := permanentFetchError(err); {
		case ctx.Err() != nil:
			return readResult{}, nil, ctx.Err()
		case fetch != nil:
			return readResult{outcome: fetch.outcome}, fetch, nil
		}
		return readResult{outcome: outcomeUnreadable}, err, nil
	}
	id := o.id()
	unlock, err := r.locks.lock(ctx, id)
	if err != nil {
		return readResult{}, nil, err
	}
	defer unlock()
	object := r.open.find(id)
	if object == nil {
		object = r.load(ctx, o, id)
	}
	checkpoint := object.checkpoint
	if checkpoint.Done {
		return readResult{outcome: outcomeKnown, confirmed: object.confirmed}, nil, nil
	}
	in := &ingest.Input{Name: o.name(), Checkpoint: checkpoint, Track: object.track, Turn: turn}
	if r.config.IncludeKey {
		in.Attributes = map[string]string{"aws.s3.bucket": o.bucket, "aws.s3.key": o.key}
	}
	reader.DelaySave()
	fetcher := &objectFetcher{ctx: ctx, client: r.client, object: *o, firstWait: r.firstWait, telemetry: r.telemetry}
	outcome, reason, err := readContent(ctx, reader, fetcher, in)
	result := readResult{outcome: outcome, records: checkpoint.Records, bad: checkpoint.BadLines}
	switch {
	case err == nil && isComplete(outcome):
		checkpoint.Finish()
	case checkpoint.Records == 0:
		// Nothing was sent, so the next read can start over, perhaps with another format.
		return result, reason, err
	}
	object.confirmed = reader.Save(ctx, in)
	if !object.isConfirmed() {
		r.open.keep(id, object)
		result.confirmed = object.confirmed
	}
	return result, reason, err
}

// load loads the checkpoint of an object, or returns an empty one.
func (r *objectReader) load(ctx context.Context, o *object, id string) *openObject {
	checkpoint := &ingest.Checkpoint{}
	if _, err := r.checkpoints.Load(ctx, id, checkpoint); err != nil {
		r.ingester.LogFailure(ctx, o.name(), "load checkpoint", err)
		checkpoint = &ingest.Checkpoint{}
	}
	track := r.ingester.NewTrack(r.ingester.InputID("s3", id), checkpoint.Sequence,
		func(ctx context.Context, p ingest.Progress) error { return r.checkpoints.Save(ctx, id, p) })
	return &openObject{checkpoint: checkpoint, track: track}
}

// isComplete reports whether an object was read completely, now or before.
func isComplete(o ingest.Outcome) bool {
	switch o {
	case ingest.OutcomeRead, ingest.OutcomeEmpty, ingest.OutcomeHeaderOnly, outcomeKnown:
		return true
	}
	return false
}

// fillIn requests the ETag and the size of an object if they are unknown.
func (r *objectReader) fillIn(ctx context.Context, o *object) error {
	if o.etag != "" && o.size >= 0 {
		return nil
	}
	out, err := r.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &o.key})
	if err != nil {
		return err
	}
	o.etag, o.size = trimETag(aws.ToString(out.ETag)), aws.ToInt64(out.ContentLength)
	return nil
}

var errNoFlowLog = errors.New("no line can be decoded: is it a flow log with a header or in the configured format?")

// log logs the outcome of an object; failures at most once per interval.
func (r *objectReader) log(o *object, result readResult, reason error) {
	logger := r.ingester.Settings.Logger
	fields := []zap.Field{
		zap.String("bucket", o.bucket), zap.String("key", o.key), zap.String("outcome", string(result.outcome)),
		zap.Int64("records", result.records), zap.Int64("bad_lines", result.bad),
	}
	if isComplete(result.outcome) {
		logger.Debug("object read", fields...)
		return
	}
	if since, ok := r.errLog.Allow(r.ingester.Now(), 1); ok {
		if reason == nil {
			reason = errNoFlowLog
		}
		logger.Error("fail to read object", append(fields, zap.NamedError("reason", reason), zap.Int64("objects_since_last_message", since))...)
	}
}
