// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"io"
	"net/http"

	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
)

// protocolVersion is the only one that there is so far.
const protocolVersion = "1.0"

// ServeHTTP answers a request when all of it is accepted, or when it is clear that it will not be.
func (s *firehose) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	outcome, err := s.handle(r)
	text := ""
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		outcome, text = refused.outcome, refused.text
	}
	s.answer(w, r, outcome, text)
}

// handle checks a request as far as its headers go and has it taken. Its error is a *refusal.
func (s *firehose) handle(r *http.Request) (requestOutcome, error) {
	id, version := r.Header.Get(headerRequestID), r.Header.Get(headerVersion)
	switch {
	case r.Method != http.MethodPost:
		return "", &refusal{requestNotPost, "this is an endpoint for Amazon Data Firehose: it takes POST only"}
	case !s.keys.match(r.Header.Get(headerAccessKey)):
		return "", &refusal{requestUnauthorized, "the access key is missing or not the one that is configured"}
	case r.ContentLength > s.config.MaxRequestBodySize:
		return "", tooLarge(s.config.MaxRequestBodySize)
	}
	// Else the connection would be closed, which some senders notice before the answer.
	defer func() { _, _ = io.Copy(io.Discard, r.Body) }()
	switch {
	case id == "" || len(id) > maxEcho:
		return "", malformed("the header %s must be there, with at most %d bytes", headerRequestID, maxEcho)
	case version != "" && version != protocolVersion:
		return "", malformed("the header %s must be %s", headerVersion, protocolVersion)
	}
	attributes, err := commonAttributes(r.Header.Get(headerAttributes))
	if err != nil {
		return "", malformed("the header %s: %v", headerAttributes, err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	select {
	case reader := <-s.idle:
		defer func() { s.idle <- reader }()
		return s.take(ctx, reader, r, origin{name: "Firehose request " + id, attributes: attributes})
	case <-ctx.Done():
		return "", &refusal{requestBusy, "other requests are being taken"}
	}
}

// take hands on what a request holds, unless that was done before. Its error is a *refusal.
func (s *firehose) take(ctx context.Context, reader *reader, r *http.Request, from origin) (requestOutcome, error) {
	if ctx.Err() != nil {
		return "", interrupted(ctx)
	}
	f, free := s.requests.occupy(requestKey(r))
	if free == nil {
		return "", &refusal{requestBusy, "the request is being taken already"}
	}
	defer free()
	if err := s.requests.load(ctx, f); err != nil {
		reader.fault(ctx, from.name, err)
	}
	if f.Done {
		return requestRepeated, nil
	}
	// A short request is only stored once, when it is taken.
	reader.lastSave = s.intake.now()
	fault, err := s.read(ctx, reader, f, r, from)
	switch {
	case fault == nil && err == nil:
		f.progress = progress{Done: true, Sequence: f.Sequence}
	case f.Position == 0 && f.Within == 0:
		return "", refuse(ctx, fault, err)
	}
	reader.save(ctx, f, from.name)
	if fault != nil || err != nil {
		return "", refuse(ctx, fault, err)
	}
	return requestAccepted, nil
}

// read reads a request from where it was left. fault is what is wrong with the request; err is that it was not accepted.
func (s *firehose) read(ctx context.Context, reader *reader, f *file, r *http.Request, from origin) (fault, err error) {
	text := newRecordText(newRecords(r.Body, r.Header.Get(headerRequestID)))
	defer func() {
		s.intake.telemetry.firehoseRecords.Add(ctx, int64(text.records.count))
		s.intake.telemetry.firehoseBytes.Add(ctx, text.records.bytes)
	}()
	if _, fault := io.CopyN(io.Discard, text, f.Position); fault != nil {
		if errors.Is(fault, io.EOF) {
			fault = malformed("it is shorter than what was accepted under its id before")
		}
		return fault, nil
	}
	text.bad = func(counts flow.Counts) { s.intake.count(ctx, counts, from) }
	return reader.unpack(ctx, f, envelope.NewReader(text), from)
}

// refuse tells why a request is not accepted.
func refuse(ctx context.Context, fault, err error) error {
	var size *http.MaxBytesError
	var known *refusal
	switch {
	case errors.As(fault, &size):
		return tooLarge(size.Limit)
	case errors.As(fault, &known):
		return known
	case ctx.Err() != nil:
		return interrupted(ctx)
	case fault != nil:
		return malformed("the body cannot be read: %v", fault)
	case consumererror.IsPermanent(err):
		return &refusal{requestHopeless, "the pipeline refuses the records for good"}
	}
	return &refusal{requestRefused, "the pipeline does not accept the records now"}
}

func interrupted(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &refusal{requestInterrupted, "the records were not accepted in time"}
	}
	return &refusal{requestInterrupted, "the connection is gone, or the collector is being stopped"}
}
