// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/cenkalti/backoff/v7"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// pageLister lists a bucket page by page. It retries without limit.
type pageLister struct {
	client s3.ListObjectsV2APIClient
	bucket string
	logger *zap.Logger
}

// pages returns the pages of a prefix. With a delimiter, keys are listed only up to the next delimiter. It returns an
// error only if ctx ends.
func (l *pageLister) pages(ctx context.Context, prefix, delimiter string) iter.Seq2[*s3.ListObjectsV2Output, error] {
	return func(yield func(*s3.ListObjectsV2Output, error) bool) {
		input := s3.ListObjectsV2Input{Bucket: &l.bucket, Prefix: &prefix}
		if delimiter != "" {
			input.Delimiter = &delimiter
		}
		for {
			page, err := l.next(ctx, &input)
			if !yield(page, err) || err != nil || !aws.ToBool(page.IsTruncated) {
				return
			}
			input.ContinuationToken = page.NextContinuationToken
		}
	}
}

// next requests a page until it gets one or ctx ends. It never gives up, because users can fix any cause: the network, the
// permissions, even a missing bucket.
func (l *pageLister) next(ctx context.Context, input *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = time.Second, time.Minute
	for {
		page, err := l.client.ListObjectsV2(ctx, input)
		if err == nil {
			err = normalizePage(page, input)
		}
		if err == nil {
			return page, nil
		}
		wait := waits.NextBackOff()
		if ctx.Err() == nil {
			l.logger.Error("fail to list bucket",
				zap.String("bucket", l.bucket), zap.String("prefix", *input.Prefix), zap.String("required_permission", "s3:ListBucket"),
				zap.Duration("retry_in", wait), zap.Error(err))
		}
		if !ingest.Sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
}

var errNoNextPage = errors.New("the page is truncated but does not name the next page")

// normalizePage drops entries without a name and sets missing times to zero: stores other than AWS may omit either. It
// returns an error if the continuation token would request the same page again.
func normalizePage(page *s3.ListObjectsV2Output, input *s3.ListObjectsV2Input) error {
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
