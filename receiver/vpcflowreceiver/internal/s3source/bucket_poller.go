// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// history is the source that reads the objects of a bucket in the order of their time, as lists of the bucket show them:
// those of a range, or all from some time on. It looks once at what is older than the lookback, and again and again at
// what is not, as objects come late.
type history struct {
	config  *s3Config
	objects *objects
	lister  *lister
	store   keyValues
	// next is the source that goes on when the range is read; nil where none does.
	next source
	now  func() time.Time

	// mu guards what is read for the progress message.
	mu    sync.Mutex
	state *timeRange
	// recent are the objects behind the position that are dealt with, with their time.
	recent sync.Map
	// settled is the time before which, in this pass, no objects are looked for again.
	settled time.Time
	// failed are objects that could not be fetched, none behind them being read since.
	failed []failedObject

	faults  sampler
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func newHistory(c *s3Config, o *objects, next source) (*history, error) {
	at, err := levelOf(c.Prefix)
	if err != nil {
		return nil, fmt.Errorf("s3::prefix: %w", err)
	}
	in := o.intake
	l := &lister{
		pages:   pages{bucket: c.Bucket, logger: in.logger},
		prefix:  c.Prefix,
		level:   at,
		max:     maxListed,
		workers: c.MaxConcurrentObjects,
		passed:  passedObjects{counter: in.telemetry.s3PassedOver, logger: in.logger, now: in.now},
	}
	return &history{config: c, objects: o, lister: l, next: next, now: in.now}, nil
}

func (h *history) start(ctx context.Context, host component.Host, client storage.Client) error {
	loaded, err := loadAWS(ctx, h.config, h.objects.intake.logger)
	if err != nil {
		return err
	}
	return h.begin(ctx, newS3(loaded, h.config), host, client)
}

// s3Client is what is used of S3.
type s3Client interface {
	getter
	s3.ListObjectsV2APIClient
}

func (h *history) begin(ctx context.Context, bucket s3Client, host component.Host, client storage.Client) error {
	if err := h.objects.open(ctx, bucket, client); err != nil {
		return err
	}
	h.lister.pages.client = bucket
	h.store = memory{}
	if client != nil {
		h.store = client
	}
	var err error
	if h.state, err = openRange(ctx, h.store, h.config, h.now()); err != nil {
		return err
	}
	ctx, h.cancel = context.WithCancel(context.Background())
	h.running.Go(func() {
		if h.run(ctx) != nil || h.next == nil {
			return
		}
		if err := h.next.start(ctx, host, client); err != nil {
			h.objects.intake.logger.Error("The queue cannot be read", zap.Error(err))
		}
	})
	return nil
}

func (h *history) shutdown(ctx context.Context) error {
	if h.cancel != nil {
		h.cancel()
	}
	h.running.Wait()
	if h.next != nil {
		return h.next.shutdown(ctx)
	}
	return nil
}

// maxRounds is how often objects at the end of a range are tried to be fetched before they are given up, at poll_interval.
const maxRounds = 10

// run reads what there is to read. Its only error is that ctx ended before.
func (h *history) run(ctx context.Context) error {
	if h.state.isDone() {
		h.tell("The flow logs of the range were read before; to read others, change start_time or end_time")
		return nil
	}
	h.tell("Flow logs are read in the order of their time")
	caughtUp, rounds := false, 0
	for {
		began := h.now()
		if err := h.pass(ctx, began); err != nil {
			return err
		}
		if len(h.failed) > 0 && h.isLast() {
			if rounds++; rounds > maxRounds {
				h.giveUp(ctx)
			}
		}
		if len(h.failed) == 0 {
			h.passTo(ctx, h.settled)
		}
		if h.state.isDone() {
			h.tell("All flow logs of the range are read")
			return nil
		}
		if !caughtUp && len(h.failed) == 0 {
			caughtUp = true
			h.tell("All flow logs that there are by now are read; new ones are looked for", zap.Duration("poll_interval", h.config.PollInterval))
		}
		if !sleep(ctx, h.config.PollInterval) {
			return ctx.Err()
		}
	}
}

// pass deals with all objects that there are behind the position.
func (h *history) pass(ctx context.Context, began time.Time) error {
	h.settled = began.Add(-h.config.Lookback)
	if h.next != nil {
		// The queue tells of what comes late.
		h.settled = began
	}
	until := began.Add(maxSkew)
	if end := h.state.End; !end.IsZero() {
		until = end
		if h.settled.After(end) {
			h.settled = end
		}
	}
	h.failed = nil
	h.recent.Range(func(id, t any) bool {
		if t.(time.Time).Before(h.state.Position.Time) {
			h.recent.Delete(id)
		}
		return true
	})
	stop := h.report(ctx)
	defer stop()
	return readAhead(ctx, h.config.MaxConcurrentObjects, h.unread(h.lister.objects(ctx, h.state.Position, until, began)), h.read, h.deal)
}

// unread leaves out what has been dealt with.
func (h *history) unread(objects iter.Seq2[listed, error]) iter.Seq2[listed, error] {
	return func(yield func(listed, error) bool) {
		for object, err := range objects {
			if err == nil && h.knows(object) {
				continue
			}
			if !yield(object, err) {
				return
			}
		}
	}
}

// knows says that an object behind the position has been dealt with.
func (h *history) knows(o listed) bool {
	obj := h.object(o)
	_, ok := h.recent.Load(obj.id())
	return ok
}

// object is what is to be read of an object that was listed. How long it took is only told of new ones.
func (h *history) object(o listed) object {
	obj := object{bucket: h.config.Bucket, key: o.Key, etag: trimETag(o.etag), size: o.size}
	if o.Time.After(h.settled) {
		obj.time = o.put
	}
	return obj
}

// isLast says that nothing comes behind this pass.
func (h *history) isLast() bool { return !h.state.End.IsZero() && h.settled.Equal(h.state.End) }

// passTo moves the position to a time before which all is dealt with.
func (h *history) passTo(ctx context.Context, t time.Time) {
	h.mu.Lock()
	h.state.passTo(standing{Time: t.UTC()})
	h.mu.Unlock()
	h.save(ctx)
}

// save stores how far we are, also when we are being shut down.
func (h *history) save(ctx context.Context) {
	if err := saveRange(context.WithoutCancel(ctx), h.store, h.config, h.state); err != nil {
		if since, ok := h.faults.pass(h.now(), 1); ok {
			h.objects.intake.logger.Error("The storage does not work and will be tried again",
				zap.Error(err), zap.Int64("faults_since_last_message", since))
		}
	}
}

// tell tells people where reading is.
func (h *history) tell(message string, more ...zap.Field) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.state
	fields := []zap.Field{
		zap.String("bucket", h.config.Bucket), zap.String("prefix", strings.TrimSuffix(h.config.Prefix, "/")), zap.Time("start_time", s.Start),
	}
	if !s.End.IsZero() {
		fields = append(fields, zap.Time("end_time", s.End))
	}
	fields = append(fields,
		zap.Time("at", s.Position.Time), zap.String("done", fmt.Sprintf("%.1f%%", 100*s.share(h.now()))),
		zap.Int64("objects", s.Objects), zap.Int64("records", s.Records), zap.Int64("bad_lines", s.Bad),
		zap.Int64("objects_given_up", s.GivenUp), zap.Int64("objects_passed_over", h.lister.passed.count64()),
		zap.Duration("since_first_start", h.now().Sub(s.Began).Round(time.Second)))
	h.objects.intake.logger.Info(message, append(fields, more...)...)
}
