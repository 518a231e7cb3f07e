// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"io"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/parquet"
)

// OpenParquet opens a Parquet file for ReadParquet. Its errors are of type *InputError.
func OpenParquet(file io.ReaderAt, size int64) (*parquet.File, error) {
	rows, err := parquet.Open(file, size)
	if err != nil {
		return nil, inputError(err)
	}
	return rows, nil
}

// ReadParquet reads the rows that the checkpoint does not cover. The checkpoint counts rows instead of bytes.
func (r *Reader) ReadParquet(ctx context.Context, in *Input, rows *parquet.File) error {
	c := in.Checkpoint
	// The columns count as a header.
	c.Parquet, c.Headers = true, 1
	if err := rows.Skip(c.Offset); err != nil {
		return inputError(err)
	}
	for {
		err := rows.Read(r.ingester.config.MaxBatchSize)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return inputError(err)
		}
		if err := r.acceptRows(ctx, in, rows); err != nil {
			return err
		}
	}
}

// acceptRows sends one batch of rows and moves the checkpoint past it.
func (r *Reader) acceptRows(ctx context.Context, in *Input, rows *parquet.File) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c := in.Checkpoint
	decode := func() (plog.Logs, flow.Counts) {
		logs, counts := r.ingester.decoder.DecodeRows(rows, pcommon.NewTimestampFromTime(r.ingester.Now()))
		in.addAttributes(logs)
		return logs, counts
	}
	again := func() plog.Logs {
		logs, _ := decode()
		return logs
	}
	logs, counts := decode()
	if err := r.ingester.deliver(ctx, in, c.Offset+1, logs, counts, again); err != nil {
		return err
	}
	c.add(counts)
	c.Offset += int64(rows.Len())
	c.Lines = c.Offset
	r.saveIfDue(ctx, in)
	return nil
}
