// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"encoding/json"
	"net/http"
	"strconv"

	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/samplelog"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
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
	// retryAfter is the value of Retry-After in seconds, for proxies and other clients. Firehose ignores it and waits from a
	// second to two minutes.
	retryAfter = "5"
	// maxRequestID is the maximum number of bytes of a returned request id. Ids of Firehose have 36.
	maxRequestID = 256
)

// statusCodes maps outcomes to HTTP status codes. Firehose treats 200 as success, and writes a request with status 413
// to its backup bucket at once. After any other status, it retries for the retry duration and then uses the backup
// bucket.
var statusCodes = map[requestOutcome]int{
	requestAccepted:           http.StatusOK,
	requestRepeated:           http.StatusOK,
	requestNotPost:            http.StatusMethodNotAllowed,
	requestUnauthorized:       http.StatusUnauthorized,
	requestMalformed:          http.StatusBadRequest,
	requestTooLarge:           http.StatusRequestEntityTooLarge,
	requestTooSlow:            http.StatusRequestTimeout,
	requestRefused:            http.StatusServiceUnavailable,
	requestRefusedPermanently: http.StatusBadRequest,
	requestBusy:               http.StatusServiceUnavailable,
	requestInterrupted:        http.StatusServiceUnavailable,
}

// responseBody is the body of all responses.
type responseBody struct {
	RequestID string `json:"requestId"`
	// Timestamp is the time of the response in milliseconds.
	Timestamp int64 `json:"timestamp"`
	// ErrorMessage is empty on success. Firehose writes it to its log, and to the backup bucket with a failed request.
	ErrorMessage string `json:"errorMessage,omitempty"`
}

// responder writes responses and counts the outcomes. It is safe for concurrent use.
type responder struct {
	ingester  *ingest.Ingester
	telemetry *telemetry
	// unauthorizedLog samples the warnings about rejected credentials.
	unauthorizedLog samplelog.Sampler
}

// respond writes the response for an outcome. The text is the error message; empty on success.
func (s *responder) respond(w http.ResponseWriter, r *http.Request, outcome requestOutcome, text string) {
	status := statusCodes[outcome]
	id := r.Header.Get(headerRequestID)
	body, err := json.Marshal(responseBody{RequestID: id[:min(len(id), maxRequestID)], Timestamp: s.ingester.Now().UnixMilli(), ErrorMessage: text})
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", retryAfter)
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // A client that disconnected sends the request again.
	if outcome == requestUnauthorized {
		s.logUnauthorized(r, text)
	}
	s.telemetry.countRequest(r.Context(), outcome)
}

// writeServerError responds to requests that confighttp rejects itself: a failed authentication, or an unknown encoding.
func (s *responder) writeServerError(w http.ResponseWriter, r *http.Request, text string, status int) {
	if status == http.StatusUnauthorized {
		s.respond(w, r, requestUnauthorized, "the authentication failed")
		return
	}
	s.respond(w, r, requestMalformed, text)
}

// logUnauthorized logs a rejected request without its credentials, which may be close to the valid ones.
func (s *responder) logUnauthorized(r *http.Request, text string) {
	if since, ok := s.unauthorizedLog.Allow(s.ingester.Now(), 1); ok {
		s.ingester.Settings.Logger.Warn("Firehose request rejected with status 401",
			zap.String("reason", text), zap.String("remote_address", r.RemoteAddr), zap.Int64("requests_since_last_message", since))
	}
}
