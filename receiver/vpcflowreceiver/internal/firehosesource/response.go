// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"encoding/json"
	"net/http"

	"go.uber.org/zap"
)

// The headers of a request of Firehose.
const (
	headerRequestID  = "X-Amz-Firehose-Request-Id"
	headerVersion    = "X-Amz-Firehose-Protocol-Version"
	headerSourceARN  = "X-Amz-Firehose-Source-Arn"
	headerAccessKey  = "X-Amz-Firehose-Access-Key"
	headerAttributes = "X-Amz-Firehose-Common-Attributes"
)

const (
	// retryAfter is when a request is to be sent again, in seconds. Firehose has its own times, from a second to two minutes;
	// it is for proxies and other senders.
	retryAfter = "5"
	// maxEcho is how much of a request's id is echoed; those of Firehose have 36 bytes.
	maxEcho = 256
)

// requestOutcome is what came of a request. It is the value of a metric's label.
type requestOutcome string

const (
	requestAccepted     requestOutcome = "accepted"
	requestRepeated     requestOutcome = "repeated"
	requestNotPost      requestOutcome = "not_post"
	requestUnauthorized requestOutcome = "unauthorized"
	requestMalformed    requestOutcome = "malformed"
	requestTooLarge     requestOutcome = "too_large"
	requestRefused      requestOutcome = "refused"
	requestHopeless     requestOutcome = "refused_for_good"
	requestBusy         requestOutcome = "busy"
	requestInterrupted  requestOutcome = "interrupted"
)

// statuses are what Firehose is answered. It takes 200 for success, sends the request to its backup bucket at once on 413,
// and on all others again until its retry duration is over, and then to that bucket.
var statuses = map[requestOutcome]int{
	requestAccepted:     http.StatusOK,
	requestRepeated:     http.StatusOK,
	requestNotPost:      http.StatusMethodNotAllowed,
	requestUnauthorized: http.StatusUnauthorized,
	requestMalformed:    http.StatusBadRequest,
	requestTooLarge:     http.StatusRequestEntityTooLarge,
	requestRefused:      http.StatusServiceUnavailable,
	requestHopeless:     http.StatusBadRequest,
	requestBusy:         http.StatusServiceUnavailable,
	requestInterrupted:  http.StatusServiceUnavailable,
}

// refusal is why a request was not accepted.
type refusal struct {
	outcome requestOutcome
	// text is for whoever sends requests. It says nothing of what is behind the endpoint.
	text string
}

// Error gives the text.
func (r *refusal) Error() string { return r.text }

// answer is the body of each answer.
type answer struct {
	RequestID string `json:"requestId"`
	// Timestamp is that of the answer, in milliseconds.
	Timestamp int64 `json:"timestamp"`
	// ErrorMessage is empty on success. Firehose writes it to its log, and to the backup bucket with what it gives up.
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// answer answers a request and counts what came of it.
func (s *firehose) answer(w http.ResponseWriter, r *http.Request, outcome requestOutcome, text string) {
	status := statuses[outcome]
	id := r.Header.Get(headerRequestID)
	body, err := json.Marshal(answer{RequestID: id[:min(len(id), maxEcho)], Timestamp: s.intake.now().UnixMilli(), ErrorMessage: text})
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "application/json")
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // Who is not there any more sends the request again.
	if outcome == requestUnauthorized {
		s.warn(r, text)
	}
	add(r.Context(), s.intake.telemetry.firehoseRequests, 1, "outcome", string(outcome))
}

// warn tells of a request that may not be taken, without what it was to be let in by: a key that is nearly right, say.
func (s *firehose) warn(r *http.Request, text string) {
	if since, ok := s.strangers.pass(s.intake.now(), 1); ok {
		s.intake.logger.Warn("A request to the endpoint of Firehose is refused with 401",
			zap.String("reason", text), zap.String("remote_address", r.RemoteAddr), zap.Int64("refusals_since_last_message", since))
	}
}

// answerEarly answers what confighttp refuses before it comes to us: a failed authentication, an encoding that is none.
func (s *firehose) answerEarly(w http.ResponseWriter, r *http.Request, text string, status int) {
	if status == http.StatusUnauthorized {
		s.answer(w, r, requestUnauthorized, "the authentication failed")
		return
	}
	s.answer(w, r, requestMalformed, text)
}
