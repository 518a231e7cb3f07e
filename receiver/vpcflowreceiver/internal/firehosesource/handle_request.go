// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"

	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// protocolVersion is the only supported version of the protocol.
const protocolVersion = "1.0"

// firstPart is the number of bytes of a body that must have arrived before it is read.
const firstPart = 64 << 10

// handler reads a request record by record and sends the flow log records while the request arrives, so memory does not
// depend on the length of a request. It responds when the next consumer has accepted all records, and components that keep
// state have stored it. If the consumer refuses some records, Firehose sends the request again, and reading continues after
// the last accepted record.
type handler struct {
	responder
	config   *Config
	keys     accessKeys
	requests *requestCheckpoints
	// idle has max_concurrent_requests readers; a request takes one and returns it.
	idle chan *ingest.Reader
}

func newHandler(c *Config, in *ingest.Ingester, store *ingest.Store, t *telemetry) *handler {
	h := &handler{
		responder: responder{ingester: in, telemetry: t},
		config:    c,
		keys:      newAccessKeys(c.AccessKey, c.PreviousAccessKey),
		requests:  newRequestCheckpoints(store),
		idle:      make(chan *ingest.Reader, c.MaxConcurrentRequests),
	}
	for range c.MaxConcurrentRequests {
		h.idle <- ingest.NewReader(in)
	}
	return h
}

// ServeHTTP responds when all records of a request are accepted, or one of them is refused.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	outcome, err := h.handle(r)
	text := ""
	if rejected := (*rejection)(nil); errors.As(err, &rejected) {
		outcome, text = rejected.outcome, rejected.text
	}
	h.respond(w, r, outcome, text)
}

// wait takes all readers. It blocks until they are idle, and later requests get none.
func (h *handler) wait() {
	for range h.config.MaxConcurrentRequests {
		<-h.idle
	}
}

// handle checks the headers of a request and reads it with an idle reader. Its error is a *rejection.
func (h *handler) handle(r *http.Request) (requestOutcome, error) {
	id, version := r.Header.Get(headerRequestID), r.Header.Get(headerVersion)
	switch {
	case r.Method != http.MethodPost:
		return "", &rejection{requestNotPost, "this endpoint is for Amazon Data Firehose and accepts POST only"}
	case !h.keys.match(r.Header.Get(headerAccessKey)):
		return "", &rejection{requestUnauthorized, "the access key is missing or wrong"}
	case r.ContentLength > h.config.MaxRequestBodySize:
		return "", tooLarge(h.config.MaxRequestBodySize)
	}
	switch {
	case id == "" || len(id) > maxRequestID:
		return "", malformed("header %s: must be present and have at most %d bytes", headerRequestID, maxRequestID)
	case version != "" && version != protocolVersion:
		return "", malformed("header %s: must be %s", headerVersion, protocolVersion)
	}
	attributes, err := parseCommonAttributes(r.Header.Get(headerAttributes))
	if err != nil {
		return "", malformed("header %s: %v", headerAttributes, err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), responseTimeout)
	defer cancel()
	// A request whose body does not arrive takes no reader.
	content := bufio.NewReaderSize(r.Body, firstPart)
	if _, err := content.Peek(firstPart); err != nil && !errors.Is(err, io.EOF) {
		return "", rejectionOf(ctx, &ingest.InputError{Err: err})
	}
	select {
	case reader := <-h.idle:
		defer func() { h.idle <- reader }()
		return h.readOnce(ctx, reader, r, content, &ingest.Input{Name: "Firehose request " + id, Attributes: attributes})
	case <-ctx.Done():
		return "", &rejection{requestBusy, "too many requests at the same time"}
	}
}

// readOnce reads a request unless all of it was accepted before. Its error is a *rejection.
func (h *handler) readOnce(
	ctx context.Context, reader *ingest.Reader, r *http.Request, content io.Reader, in *ingest.Input,
) (requestOutcome, error) {
	if ctx.Err() != nil {
		return "", interrupted(ctx)
	}
	key := requestKey(r)
	if !h.requests.lock(key) {
		return "", &rejection{requestBusy, "the request is already being read"}
	}
	defer h.requests.unlock(key)
	checkpoint, err := h.requests.load(ctx, key)
	if err != nil {
		h.ingester.LogFailure(ctx, in.Name, "load checkpoint", err)
	}
	if checkpoint.Done {
		return requestRepeated, nil
	}
	in.Checkpoint = checkpoint
	in.Track = h.ingester.NewTrack(h.ingester.InputID("firehose", key), checkpoint.Sequence,
		func(ctx context.Context, p ingest.Progress) error { return h.requests.save(ctx, key, p) })
	reader.DelaySave()
	err = h.read(ctx, reader, newRequestRecords(content, r.Header.Get(headerRequestID)), in)
	switch {
	case err == nil:
		checkpoint.Finish()
		return requestAccepted, h.confirm(ctx, reader.Save(ctx, in))
	case checkpoint.Offset > 0 || checkpoint.LinesAhead > 0:
		reader.Save(ctx, in)
	}
	return "", rejectionOf(ctx, err)
}

// confirm waits until all components that keep state have stored the records, so that a crash after the response loses
// nothing. Its error is a *rejection.
func (h *handler) confirm(ctx context.Context, confirmed <-chan struct{}) error {
	h.ingester.SaveSoon()
	select {
	case <-confirmed:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// read reads the part of a request that the checkpoint does not cover. Its error is an *ingest.InputError, a
// *rejection, or an error of the next consumer or the context.
func (h *handler) read(ctx context.Context, reader *ingest.Reader, records *requestRecords, in *ingest.Input) error {
	defer func() {
		h.telemetry.records.Add(ctx, int64(records.count))
		h.telemetry.bytes.Add(ctx, records.bytes)
	}()
	text := newRecordText(records, func(counts flow.Counts) { h.ingester.Count(ctx, in, counts, 0) })
	if err := text.skip(in.Checkpoint.Offset); err != nil {
		if errors.Is(err, io.EOF) {
			return malformed("the request is shorter than the part that was already accepted under its id")
		}
		return &ingest.InputError{Err: err}
	}
	return reader.ReadDocuments(ctx, in, envelope.NewReader(text))
}

// rejectionOf returns why a request is not accepted.
func rejectionOf(ctx context.Context, err error) error {
	var (
		size     *http.MaxBytesError
		rejected *rejection
		input    *ingest.InputError
	)
	switch {
	case errors.As(err, &size):
		return tooLarge(size.Limit)
	case errors.As(err, &rejected):
		return rejected
	case ctx.Err() != nil:
		return interrupted(ctx)
	case errors.As(err, &input):
		return malformed("the body cannot be read: %v", input.Err)
	case consumererror.IsPermanent(err):
		return &rejection{requestRefusedPermanently, "the pipeline refuses the records permanently"}
	}
	return &rejection{requestRefused, "the pipeline does not accept the records now"}
}

func interrupted(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &rejection{requestInterrupted, "the records were not accepted in time"}
	}
	return &rejection{requestInterrupted, "the client disconnected or the collector is shutting down"}
}
