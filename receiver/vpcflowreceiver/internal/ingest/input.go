// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"io"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

// Input is a file, an object, or a request to read.
type Input struct {
	// Name identifies the input in log messages, such as a path or a URL.
	Name string
	// Attributes are added to the resources of the records. Existing attributes are kept.
	Attributes map[string]string
	// Growing means that the input may still grow. An incomplete line or document at its end is then left unread.
	Growing bool
	// Checkpoint is the position up to which the input has been read. Reading advances it.
	Checkpoint *Checkpoint
	// Track stores the checkpoint. Nil means that it is not stored, and that the records have no position.
	Track *Track
	// Origin is the position of the records in the object that another collector has read them from. Nil means that it is
	// unknown. It describes a single batch.
	Origin *delivery.Origin
	// Snapshot returns a copy of what Track stores. Nil means a copy of Checkpoint.
	Snapshot func() Progress
	// Begin, if not nil, is called before the first records are sent.
	Begin func(ctx context.Context)
	// Passed, if not nil, is called with each text that the checkpoint's offset moves past.
	Passed io.Writer
	// Turn, if not nil, blocks until the records may be sent. Sources use it to read inputs concurrently and send their
	// records in order.
	Turn func(ctx context.Context) error
}

// TurnAfter returns a Turn that waits until previous is closed.
func TurnAfter(previous <-chan struct{}) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-previous:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// snapshot returns a copy of what Track stores.
func (in *Input) snapshot() Progress {
	if in.Snapshot != nil {
		return in.Snapshot()
	}
	c := *in.Checkpoint
	return &c
}

// begin calls Begin once.
func (in *Input) begin(ctx context.Context) {
	if in.Begin != nil {
		in.Begin(ctx)
		in.Begin = nil
	}
}

// advance moves the checkpoint's offset past text.
func (in *Input) advance(text []byte) {
	in.Checkpoint.advance(text)
	if in.Passed != nil && len(text) > 0 {
		_, _ = in.Passed.Write(text)
	}
}

// addAttributes adds the attributes of the input to the resources of its records.
func (in *Input) addAttributes(logs plog.Logs) {
	if len(in.Attributes) == 0 {
		return
	}
	for _, resource := range logs.ResourceLogs().All() {
		attributes := resource.Resource().Attributes()
		for key, value := range in.Attributes {
			if _, ok := attributes.Get(key); !ok {
				attributes.PutStr(key, value)
			}
		}
	}
}

// InputError reports that an input could not be read to its end because of its content or storage. All other errors of a
// Reader come from the next consumer or from the context.
type InputError struct{ Err error }

// Error returns the message of the cause.
func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

func inputError(err error) error { return &InputError{Err: err} }
