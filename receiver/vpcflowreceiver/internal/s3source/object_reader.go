// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// objects reads objects of S3, each once, whoever finds them: a queue of notifications or a listing.
type objects struct {
	config    *s3Config
	intake    *intake
	client    getter
	positions *positions
	// idle are the readers that have nothing to do; there are max_concurrent_objects in all.
	idle chan *objectReader
	// firstWait is the wait after a connection broke; it grows from one time to the next.
	firstWait time.Duration

	mu sync.Mutex
	// busy are the objects that are being read, by id; each is closed when that has ended.
	busy map[string]chan struct{}
	// troubles is for messages about objects that cannot be read.
	troubles sampler
}

func newObjects(c *s3Config, newDecoder func() *decoder, maxBatch int, in *intake) *objects {
	o := &objects{
		config:    c,
		intake:    in,
		idle:      make(chan *objectReader, c.MaxConcurrentObjects),
		firstWait: time.Second,
		busy:      map[string]chan struct{}{},
	}
	for range c.MaxConcurrentObjects {
		r := &objectReader{reader: newReader(in, newDecoder(), maxBatch), telemetry: in.telemetry}
		r.store = o.save
		r.reader.conclude = func(_ context.Context, f *file, _ string, o outcome, _ error) { f.Outcome = o }
		o.idle <- r
	}
	return o
}

// open gets ready to read; what was read before, if it has been opened once, is not forgotten.
func (o *objects) open(ctx context.Context, client getter, positions storage.Client) error {
	o.client = client
	if o.positions != nil {
		return nil
	}
	store := keyValues(memory{})
	if positions != nil {
		store = positions
	}
	p, err := openPositions(ctx, store, "s3")
	if err != nil {
		return err
	}
	p.forgotten = func() { o.intake.telemetry.s3Forgotten.Add(context.Background(), 1) }
	o.positions = p
	return nil
}

// wants says that an object, by its bucket and key, is one of those to read.
func (o *objects) wants(obj *object) bool {
	return (o.config.Bucket == "" || o.config.Bucket == obj.bucket) && len(obj.key) >= len(o.config.Prefix) &&
		obj.key[:len(o.config.Prefix)] == o.config.Prefix && isFlowLog(obj.key)
}

// read reads an object to its end, unless that was done before, and waits while another is doing it. It tells what came
// of it, counts that and, where it is no good outcome, reports it. Its only error is that ctx ended first: then the object
// is read on the next time from where it was left.
func (o *objects) read(ctx context.Context, obj object) (outcome, error) {
	_, result, err := o.readFile(ctx, obj)
	return result, err
}

// readFile is read that gives what was found in the object, too.
func (o *objects) readFile(ctx context.Context, obj object) (*file, outcome, error) {
	var r *objectReader
	select {
	case r = <-o.idle:
		defer func() { o.idle <- r }()
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
	f, result, reason := o.readOnce(ctx, r, &obj)
	if result == "" {
		return nil, "", reason
	}
	add(ctx, o.intake.telemetry.s3Objects, 1, "outcome", string(result))
	if !obj.time.IsZero() && result.isGood() && result != outcomeKnown {
		o.intake.telemetry.s3Delay.Record(ctx, o.intake.now().Sub(obj.time).Seconds())
	}
	o.tell(&obj, f, result, reason)
	return f, result, nil
}

func (o *objects) readOnce(ctx context.Context, r *objectReader, obj *object) (*file, outcome, error) {
	r.client, r.firstWait = o.client, o.firstWait
	if err := o.complete(ctx, obj); err != nil {
		return unknownObject(ctx, err)
	}
	free, err := o.occupy(ctx, obj.id())
	if err != nil {
		return nil, "", err
	}
	defer free()
	f, err := o.load(ctx, obj.id())
	if err != nil {
		r.fault(ctx, obj.name(), err)
	}
	if f.Done {
		return f, outcomeKnown, nil
	}
	from := origin{name: obj.name(), turn: obj.turn}
	if o.config.IncludeKey {
		from.attributes = map[string]string{"aws.s3.bucket": obj.bucket, "aws.s3.key": obj.key}
	}
	result, reason := r.readObject(ctx, *obj, f, from)
	told := *f
	switch {
	case result.isGood():
		f.progress = progress{Done: true, Sequence: f.Sequence}
	case f.Records == 0:
		// No record was given, so that nothing is given twice if all is read again: with another format, perhaps.
		return &told, result, reason
	}
	r.save(ctx, f, obj.name())
	return &told, result, reason
}

// unknownObject gives the outcome of an object of which not even the size is known.
func unknownObject(ctx context.Context, err error) (*file, outcome, error) {
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if fetch := fetchFault(err); fetch != nil {
		return new(file), fetch.outcome, fetch
	}
	return new(file), outcomeUnreadable, err
}

// complete asks S3 for what is not known of an object.
func (o *objects) complete(ctx context.Context, obj *object) error {
	if obj.etag != "" && obj.size >= 0 {
		return nil
	}
	out, err := o.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &obj.bucket, Key: &obj.key})
	if err != nil {
		return err
	}
	obj.etag, obj.size = trimETag(aws.ToString(out.ETag)), aws.ToInt64(out.ContentLength)
	return nil
}

// occupy waits until nobody else reads the object, and keeps others from it until it is free again.
func (o *objects) occupy(ctx context.Context, id string) (free func(), _ error) {
	for {
		o.mu.Lock()
		other, ok := o.busy[id]
		if !ok {
			mine := make(chan struct{})
			o.busy[id] = mine
			o.mu.Unlock()
			return func() {
				o.mu.Lock()
				defer o.mu.Unlock()
				delete(o.busy, id)
				close(mine)
			}, nil
		}
		o.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// load gives the progress of an object.
func (o *objects) load(ctx context.Context, id string) (*file, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := o.positions.load(ctx, id)
	if f == nil {
		f = new(file)
	}
	f.object = id
	if err != nil {
		return f, fmt.Errorf("load position: %w", err)
	}
	return f, nil
}

// save stores the progress of an object.
func (o *objects) save(ctx context.Context, f *file) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.positions.save(ctx, f)
}

// tell reports an object that cannot be read or holds no flow log, unless that has just been done of another.
func (o *objects) tell(obj *object, f *file, result outcome, reason error) {
	fields := []zap.Field{
		zap.String("bucket", obj.bucket), zap.String("key", obj.key), zap.String("outcome", string(result)),
		zap.Int64("records", f.Records), zap.Int64("bad_lines", f.Bad),
	}
	if result.isGood() {
		o.intake.logger.Debug("An object is read", fields...)
		return
	}
	if since, ok := o.troubles.pass(o.intake.now(), 1); ok {
		if reason == nil {
			reason = errors.New("it has no line that can be decoded: is it a flow log, and has it a header or the configured format?")
		}
		o.intake.logger.Error("An object cannot be read",
			append(fields, zap.NamedError("reason", reason), zap.Int64("objects_since_last_message", since))...)
	}
}
