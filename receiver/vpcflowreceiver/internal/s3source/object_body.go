// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/cenkalti/backoff/v7"
)

// maxFailures is how often in a row a connection may break, or S3 fail, before an object is given up for now. The SDK asks
// several times each time.
const maxFailures = 5

// stallTimeout is how long a connection may stay silent while something is wanted of it.
const stallTimeout = time.Minute

// getter is the part of the S3 client by which objects are read.
type getter interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, options ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	HeadObject(ctx context.Context, in *s3.HeadObjectInput, options ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
}

// body reads the bytes of an object, and goes on where a connection broke. It is not for concurrent use.
type body struct {
	ctx    context.Context
	client getter
	object object
	// offset is where reading goes on, end where it ends.
	offset, end int64
	input       io.ReadCloser
	// hangUp ends the connection.
	hangUp context.CancelFunc
	// failures are those since the last byte.
	failures int
	waits    *backoff.ExponentialBackOff
	// err is why reading ended, other than at the end.
	err error
	// resumed and received are told of each connection that had to be made anew, and of how many bytes came.
	resumed  func()
	received func(bytes int)
}

// Read reads on, from another connection if need be. Its errors are *fetchError, that of ctx, and io.EOF.
func (b *body) Read(p []byte) (int, error) {
	for b.err == nil && b.offset < b.end {
		n, err := b.readOnce(p)
		b.offset += int64(n)
		b.received(n)
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

// readOnce reads from the connection that there is, or makes one.
func (b *body) readOnce(p []byte) (int, error) {
	if b.input == nil {
		if err := b.connect(); err != nil {
			return 0, err
		}
	}
	defer time.AfterFunc(stallTimeout, b.hangUp).Stop()
	n, err := b.input.Read(p[:min(int64(len(p)), b.end-b.offset)])
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// connect asks for what is left of the object.
func (b *body) connect() error {
	in := &s3.GetObjectInput{Bucket: &b.object.bucket, Key: &b.object.key, IfMatch: aws.String(`"` + b.object.etag + `"`)}
	if b.offset > 0 || b.end < b.object.size {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", b.offset, b.end-1))
	}
	var ctx context.Context
	ctx, b.hangUp = context.WithCancel(b.ctx)
	defer time.AfterFunc(stallTimeout, b.hangUp).Stop()
	out, err := b.client.GetObject(ctx, in)
	if err != nil {
		b.hangUp()
		return err
	}
	b.input = out.Body
	etag, length := trimETag(aws.ToString(out.ETag)), aws.ToInt64(out.ContentLength)
	if etag != b.object.etag || length != b.end-b.offset {
		return &fetchError{outcomeChanged, fmt.Errorf("%w: its ETag is %s, and %d bytes come from byte %d on", errChanged, etag, length, b.offset)}
	}
	return nil
}

// recover gets ready for another connection after a failure; its error says that there is to be none.
func (b *body) recover(cause error) error {
	_ = b.Close()
	if b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	if final := (*fetchError)(nil); errors.As(cause, &final) {
		return final
	}
	if final := fetchFault(cause); final != nil {
		return final
	}
	b.failures++
	if b.failures == maxFailures {
		return &fetchError{outcomeUnreadable, fmt.Errorf("it failed %d times: %w", maxFailures, cause)}
	}
	if !sleep(b.ctx, b.waits.NextBackOff()) {
		return b.ctx.Err()
	}
	b.resumed()
	return nil
}

// Close gives up the connection, if there is one.
func (b *body) Close() error {
	if b.input == nil {
		return nil
	}
	err := b.input.Close()
	b.hangUp()
	b.input = nil
	return err
}
