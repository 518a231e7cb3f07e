// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"errors"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// readContent reads an object from its checkpoint to its end. It returns the outcome and, if the object could not be
// read completely, the reason. It returns an error only if ctx ends.
func readContent(ctx context.Context, reader *ingest.Reader, f *objectFetcher, in *ingest.Input) (_ ingest.Outcome, reason, _ error) {
	var err error
	if strings.HasSuffix(f.object.key, ".parquet") {
		err = readParquet(ctx, reader, f, in)
	} else {
		err = readStream(ctx, reader, f, in)
	}
	var (
		fetch *fetchError
		input *ingest.InputError
	)
	switch {
	case errors.As(err, &fetch):
		return fetch.outcome, fetch, nil
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	case err == nil:
		return in.Checkpoint.Result(nil), in.Checkpoint.BadLine(), nil
	case errors.As(err, &input):
		return in.Checkpoint.Result(err), err, nil
	}
	return "", nil, err
}

// readStream reads text or gzip. It also recognizes Parquet by the first bytes.
func readStream(ctx context.Context, reader *ingest.Reader, f *objectFetcher, in *ingest.Input) error {
	body := f.open(0, f.object.size)
	defer body.Close()
	err := reader.ReadStream(ctx, in, body)
	if errors.Is(err, ingest.ErrParquet) {
		_ = body.Close()
		return readParquet(ctx, reader, f, in)
	}
	// Text is read ahead, so body may also fail after the next consumer or ctx has ended the reading.
	if input := (*ingest.InputError)(nil); errors.As(err, &input) && body.err != nil {
		return body.err // The decoder may have replaced it with one of its own.
	}
	return err
}

// readParquet reads rows by ranges.
func readParquet(ctx context.Context, reader *ingest.Reader, f *objectFetcher, in *ingest.Input) error {
	in.Checkpoint.Parquet = true
	ranges := newRangeCache(f)
	rows, err := ingest.OpenParquet(ranges, f.object.size)
	if err == nil {
		err = reader.ReadParquet(ctx, in, rows)
	}
	if err != nil && ranges.err != nil {
		return ranges.err
	}
	return err
}
