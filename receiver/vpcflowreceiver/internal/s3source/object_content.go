// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v7"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// objectReader reads objects, one after the other. It is not for concurrent use.
type objectReader struct {
	*reader
	client    getter
	telemetry *telemetry
	firstWait time.Duration
}

// readObject hands on what is in an object from where it was left, and tells what came of it. Its error is the reason for
// that; without an outcome, it is that ctx ended.
func (r *objectReader) readObject(ctx context.Context, o object, f *file, from origin) (outcome, error) {
	// A small object is only stored once, when it is read.
	r.lastSave = r.intake.now()
	var fault, err error
	if strings.HasSuffix(o.key, ".parquet") {
		fault, err = r.readParquet(ctx, o, f, from)
	} else {
		fault, err = r.readStream(ctx, o, f, from)
	}
	if fetch := (*fetchError)(nil); errors.As(fault, &fetch) {
		return fetch.outcome, fetch
	}
	switch {
	case err != nil:
		return "", err
	case ctx.Err() != nil:
		return "", ctx.Err()
	case fault != nil && f.Parquet:
		return f.parquetOutcome(fault), fault
	case fault != nil:
		return outcomeOf(fault), fault
	case f.lastBad != nil:
		return f.outcome(), f.lastBad
	}
	return f.outcome(), nil
}

// readStream reads text, gzip or not, from the beginning of the object to its end; what is dealt with is passed over. An
// object that proves to be Parquet is read as such.
func (r *objectReader) readStream(ctx context.Context, o object, f *file, from origin) (fault, err error) {
	input := r.open(ctx, o, 0, o.size)
	defer input.Close()
	r.unzip.reset(input)
	switch magic, _ := r.unzip.raw.Peek(len(parquetMagic)); {
	case bytes.Equal(magic, parquetMagic):
		_ = input.Close()
		return r.readParquet(ctx, o, f, from)
	case bytes.HasPrefix(magic, gzipMagic):
		if fault := r.unzip.begin(); fault != nil {
			return cause(input, fault), nil
		}
	default:
		r.unzip.text.Reset(r.unzip.raw)
	}
	head, _ := r.unzip.text.Peek(headSize) // Its error comes again when that place is read.
	head = bytes.Clone(head)
	if _, fault := r.unzip.text.Discard(int(f.Position)); fault != nil {
		return cause(input, fault), nil
	}
	fault, err = r.readAll(ctx, f, head, from)
	return cause(input, fault), err
}

// readParquet reads the rows of an object by ranges.
func (r *objectReader) readParquet(ctx context.Context, o object, f *file, from origin) (fault, err error) {
	f.Parquet, f.Headers = true, 1
	input := &ranges{
		open: func(offset, end int64) *body { return r.open(ctx, o, offset, end) },
		size: o.size,
		kept: map[int64]*keptRange{},
	}
	rows, fault := parquet.Open(input, o.size)
	if fault == nil {
		fault, err = r.readRows(ctx, f, rows, from)
	}
	if fault != nil && input.err != nil {
		// It is not the file that is at fault.
		fault = input.err
	}
	return fault, err
}

// open makes a body of a part of an object.
func (r *objectReader) open(ctx context.Context, o object, offset, end int64) *body {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval = r.firstWait
	return &body{
		ctx:      ctx,
		client:   r.client,
		object:   o,
		offset:   offset,
		end:      end,
		waits:    waits,
		resumed:  func() { r.telemetry.s3Resumed.Add(ctx, 1) },
		received: func(n int) { r.telemetry.s3Bytes.Add(ctx, int64(n)) },
	}
}

// cause is why an object cannot be read on: that it could not be fetched, whatever that looked like to who read it.
func cause(input *body, fault error) error {
	if fault != nil && input.err != nil {
		return input.err
	}
	if errors.Is(fault, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return fault
}
