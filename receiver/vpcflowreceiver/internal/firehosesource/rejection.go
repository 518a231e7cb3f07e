// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import "fmt"

// requestOutcome is the result of a request. It is the value of a metric label.
type requestOutcome string

const (
	requestAccepted requestOutcome = "accepted"
	// requestRepeated means that all of the request was accepted before.
	requestRepeated     requestOutcome = "repeated"
	requestNotPost      requestOutcome = "not_post"
	requestUnauthorized requestOutcome = "unauthorized"
	requestMalformed    requestOutcome = "malformed"
	requestTooLarge     requestOutcome = "too_large"
	// requestTooSlow means that the body arrives too slowly.
	requestTooSlow requestOutcome = "too_slow"
	// requestRefused and requestRefusedPermanently mean that the next consumer refused records, for now or permanently.
	requestRefused            requestOutcome = "refused"
	requestRefusedPermanently requestOutcome = "refused_permanently"
	// requestBusy means that the request, or too many others, are being read.
	requestBusy requestOutcome = "busy"
	// requestInterrupted means that the request took too long, the client disconnected, or the collector shuts down.
	requestInterrupted requestOutcome = "interrupted"
)

// rejection is the reason why a request is not accepted.
type rejection struct {
	outcome requestOutcome
	// text is for the client. It reveals no errors of other components.
	text string
}

// Error implements error.
func (r *rejection) Error() string { return r.text }

func malformed(format string, args ...any) error {
	return &rejection{requestMalformed, fmt.Sprintf(format, args...)}
}

func tooLarge(limit int64) error {
	return &rejection{requestTooLarge, fmt.Sprintf("the body, or a record in it, has more than %d bytes", limit)}
}
