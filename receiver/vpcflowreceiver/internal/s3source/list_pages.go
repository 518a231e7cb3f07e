// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/cenkalti/backoff/v7"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"
)

// pages lists a bucket page by page, and does not give up.
type pages struct {
	client s3.ListObjectsV2APIClient
	bucket string
	logger *zap.Logger
}

// of gives the pages of what is below a prefix: where there is a delimiter, up to the next one in the keys. The only error
// is that ctx ended.
func (p *pages) of(ctx context.Context, prefix, delimiter string) iter.Seq2[*s3.ListObjectsV2Output, error] {
	return func(yield func(*s3.ListObjectsV2Output, error) bool) {
		input := s3.ListObjectsV2Input{Bucket: &p.bucket, Prefix: &prefix}
		if delimiter != "" {
			input.Delimiter = &delimiter
		}
		for {
			page, err := p.next(ctx, &input)
			if !yield(page, err) || err != nil || !aws.ToBool(page.IsTruncated) {
				return
			}
			input.ContinuationToken = page.NextContinuationToken
		}
	}
}

// next asks for a page until it gets one or ctx ends. Whatever is wrong, others can set it right: the network, the
// permissions, even the bucket.
func (p *pages) next(ctx context.Context, input *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = time.Second, time.Minute
	for {
		page, err := p.client.ListObjectsV2(ctx, input)
		if err == nil {
			err = tidy(page, input)
		}
		if err == nil {
			return page, nil
		}
		wait := waits.NextBackOff()
		if ctx.Err() == nil {
			p.logger.Error("The bucket cannot be listed; it will be tried again",
				zap.String("bucket", p.bucket), zap.String("prefix", *input.Prefix), zap.String("needs", "s3:ListBucket"),
				zap.Duration("retry_in", wait), zap.Error(err))
		}
		if !sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
}

var errNoNextPage = errors.New("there is said to be another page, but not which")

// tidy leaves out what has no name, and gives what has no time the zero one: other stores than AWS's may leave out either.
// Its error says that the pages lead nowhere, which would be asked for again and again.
func tidy(page *s3.ListObjectsV2Output, input *s3.ListObjectsV2Input) error {
	if next := aws.ToString(page.NextContinuationToken); aws.ToBool(page.IsTruncated) && (next == "" || next == aws.ToString(input.ContinuationToken)) {
		return errNoNextPage
	}
	page.CommonPrefixes = slices.DeleteFunc(page.CommonPrefixes, func(p types.CommonPrefix) bool { return p.Prefix == nil })
	page.Contents = slices.DeleteFunc(page.Contents, func(o types.Object) bool { return o.Key == nil })
	for i := range page.Contents {
		if page.Contents[i].LastModified == nil {
			page.Contents[i].LastModified = new(time.Time)
		}
	}
	return nil
}

// passedObjects counts the objects that are not read, each once, although days are listed again and again.
type passedObjects struct {
	counter metric.Int64Counter
	logger  *zap.Logger
	now     func() time.Time
	said    sampler
	mu      sync.Mutex
	// since and until are between which times an object must have been put there to be counted.
	since, until time.Time
	total        int64
}

// begin says that all is listed once more.
func (p *passedObjects) begin(now time.Time) { p.since, p.until = p.until, now }

func (p *passedObjects) count(ctx context.Context, o types.Object, reason passedOver) {
	if put := aws.ToTime(o.LastModified); !put.After(p.since) || put.After(p.until) {
		return
	}
	add(ctx, p.counter, 1, "reason", string(reason))
	p.mu.Lock()
	p.total++
	p.mu.Unlock()
	if since, ok := p.said.pass(p.now(), 1); ok {
		p.logger.Info("An object is passed over",
			zap.String("key", *o.Key), zap.String("reason", string(reason)), zap.Int64("objects_since_last_message", since))
	}
}

// count64 is how many objects were passed over so far.
func (p *passedObjects) count64() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}
