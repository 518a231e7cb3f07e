// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"io"

	"go.opentelemetry.io/collector/pdata/plog"
)

// Input is a file, an object or a request that is being read.
type Input struct {
	// Name identifies the input in log messages, such as a path or a URL.
	Name string
	// Attributes are added to the resources of the records, unless these have them already.
	Attributes map[string]string
	// Growing says that the input may still grow: a line or a document that is incomplete at its end is left unread.
	Growing bool
	// Checkpoint is how far the input has been read. Reading moves it.
	Checkpoint *Checkpoint
	// Save stores the checkpoint.
	Save func(ctx context.Context) error
	// Passed is given the text that the checkpoint's offset moves past; nil where nobody needs it.
	Passed io.Writer
	// Turn blocks until the records may be sent, as when inputs are read side by side and sent in order; nil where they
	// always may.
	Turn func(ctx context.Context) error
}

// advance moves the checkpoint's offset past text.
func (in *Input) advance(text []byte) {
	in.Checkpoint.advance(text)
	if in.Passed != nil {
		_, _ = in.Passed.Write(text)
	}
}

// mark adds the attributes of the input to the resources of its records.
func (in *Input) mark(logs plog.Logs) {
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

// InputError reports that an input could not be read to its end, for a reason that lies in the input. All other errors of
// a Reader come from the next consumer or from the context.
type InputError struct{ Err error }

// Error returns the message of the cause.
func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *InputError) Unwrap() error { return e.Err }

func inputError(err error) error { return &InputError{Err: err} }
