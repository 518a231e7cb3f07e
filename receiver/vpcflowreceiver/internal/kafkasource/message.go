// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"bytes"
	"context"
	"errors"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// The values of LogsConfig.Encoding.
const (
	encodingProto = "otlp_proto"
	encodingJSON  = "otlp_json"
	encodingText  = "text"
)

// decoder decodes a message and sends its records. An error that is not an *ingest.InputError means that the records were
// not accepted.
type decoder func(ctx context.Context, reader *ingest.Reader, in *ingest.Input, message []byte) error

var decoders = map[string]decoder{
	encodingProto: otlpDecoder(new(plog.ProtoUnmarshaler)),
	encodingJSON:  otlpDecoder(new(plog.JSONUnmarshaler)),
	encodingText:  readText,
}

// readText reads flow log lines, which may be compressed with gzip or be inside documents.
func readText(ctx context.Context, reader *ingest.Reader, in *ingest.Input, message []byte) error {
	err := reader.ReadStream(ctx, in, bytes.NewReader(message))
	if errors.Is(err, ingest.ErrParquet) {
		err = &ingest.InputError{Err: err}
	}
	return err
}

// otlpDecoder returns a decoder of OTLP logs, as the kafka exporter writes them.
func otlpDecoder(unmarshaler plog.Unmarshaler) decoder {
	return func(ctx context.Context, reader *ingest.Reader, in *ingest.Input, message []byte) error {
		logs, err := unmarshaler.UnmarshalLogs(message)
		if err != nil {
			return &ingest.InputError{Err: err}
		}
		return reader.SendLogs(ctx, in, logs, func() plog.Logs {
			again, _ := unmarshaler.UnmarshalLogs(message) // It succeeded before.
			return again
		})
	}
}
