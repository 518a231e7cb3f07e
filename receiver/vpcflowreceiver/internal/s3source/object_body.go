// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/cenkalti/backoff/v7"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

const (
	// maxFailures is the number of failed requests in a row after which reading fails. The SDK also retries each of them.
	maxFailures = 5
	// stallTimeout is how long a read waits for data before it closes the connection.
	stallTimeout = time.Minute
)

// objectGetter is the part of the S3 client that reads objects.
type objectGetter interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, options ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	HeadObject(ctx context.Context, in *s3.HeadObjectInput, options ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
}

// objectFetcher opens parts of one object.
type objectFetcher struct {
	ctx    context.Context
	client objectGetter
	object object
	// firstWait is the wait after the first failure in a row.
	firstWait time.Duration
	telemetry *telemetry
}

// open returns the bytes from offset up to end. It connects at the first read.
func (f *objectFetcher) open(offset, end int64) *objectBody {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = f.firstWait
	return &objectBody{objectFetcher: f, offset: offset, end: end, waits: waits}
}

// objectBody reads a part of an object and resumes after broken connections. It is not safe for concurrent use.
type objectBody struct {
	*objectFetcher
	// offset is the next byte to read; end follows the last one.
	offset, end int64
	input       io.ReadCloser
	// disconnect closes the connection.
	disconnect context.CancelFunc
	// failures is the number of failures since the last byte.
	failures int
	waits    *backoff.ExponentialBackOff
	// err is why reading stopped before end.
	err error
}

// Read continues at offset, with a new connection if needed. Its errors are *fetchError, the error of the context, and
// io.EOF.
func (b *objectBody) Read(p []byte) (int, error) {
	for b.err == nil && b.offset < b.end {
		n, err := b.readOnce(p)
		b.offset += int64(n)
		b.telemetry.bytes.Add(b.ctx, int64(n))
		if n > 0 && b.failures > 0 {
			b.failures = 0
			b.waits.Reset()
		}
		if err != nil && b.offset < b.end {
			b.err = b.recover(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}

// Close closes the connection, if any.
func (b *objectBody) Close() error {
	if b.input == nil {
		return nil
	}
	err := b.input.Close()
	b.disconnect()
	b.input = nil
	return err
}

// readOnce reads from the current connection, or from a new one.
func (b *objectBody) readOnce(p []byte) (int, error) {
	if b.input == nil {
		if err := b.connect(); err != nil {
			return 0, err
		}
	}
	defer time.AfterFunc(stallTimeout, b.disconnect).Stop()
	n, err := b.input.Read(p[:min(int64(len(p)), b.end-b.offset)])
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// connect requests the rest of the part, and fails if the object was replaced.
func (b *objectBody) connect() error {
	in := &s3.GetObjectInput{Bucket: &b.object.bucket, Key: &b.object.key, IfMatch: aws.String(`"` + b.object.etag + `"`)}
	if b.offset > 0 || b.end < b.object.size {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", b.offset, b.end-1))
	}
	var ctx context.Context
	ctx, b.disconnect = context.WithCancel(b.ctx)
	defer time.AfterFunc(stallTimeout, b.disconnect).Stop()
	out, err := b.client.GetObject(ctx, in)
	if err != nil {
		b.disconnect()
		return err
	}
	b.input = out.Body
	etag, length := trimETag(aws.ToString(out.ETag)), aws.ToInt64(out.ContentLength)
	if etag != b.object.etag || length != b.end-b.offset {
		return &fetchError{outcomeChanged, fmt.Errorf("%w: got ETag %s and %d bytes from offset %d", errReplaced, etag, length, b.offset)}
	}
	return nil
}

// recover waits after a failure, before the next connection. It returns an error if reading must stop.
func (b *objectBody) recover(cause error) error {
	_ = b.Close()
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if final := (*fetchError)(nil); errors.As(cause, &final) {
		return final
	}
	if final := permanentFetchError(cause); final != nil {
		return final
	}
	b.failures++
	if b.failures == maxFailures {
		return &fetchError{outcomeUnreadable, fmt.Errorf("%d requests failed in a row: %w", maxFailures, cause)}
	}
	if !ingest.Sleep(b.ctx, b.waits.NextBackOff()) {
		return b.ctx.Err()
	}
	b.telemetry.resumed.Add(b.ctx, 1)
	return nil
}
