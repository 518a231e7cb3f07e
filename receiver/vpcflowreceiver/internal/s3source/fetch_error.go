// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// The outcomes of an object that do not depend on its content.
const (
	// outcomeKnown means that the object was read before.
	outcomeKnown ingest.Outcome = "known"
	// outcomeMissing means that the object or its bucket does not exist (any more).
	outcomeMissing ingest.Outcome = "missing"
	// outcomeDenied means that the credentials may not read the object.
	outcomeDenied ingest.Outcome = "denied"
	// outcomeChanged means that the object was replaced after it was announced or listed.
	outcomeChanged ingest.Outcome = "changed"
	// outcomeUnreadable means that S3 or the network failed several times in a row.
	outcomeUnreadable ingest.Outcome = "unreadable"
)

// isFetched reports whether the content of an object could be fetched, valid or not.
func isFetched(o ingest.Outcome) bool {
	switch o {
	case outcomeMissing, outcomeDenied, outcomeChanged, outcomeUnreadable:
		return false
	}
	return true
}

// fetchError means that an object could not be fetched.
type fetchError struct {
	outcome ingest.Outcome
	err     error
}

// Error implements error.
func (e *fetchError) Error() string { return e.err.Error() }

// Unwrap returns the error of S3 or of the connection.
func (e *fetchError) Unwrap() error { return e.err }

// errReplaced means that the object now has other content.
var errReplaced = errors.New("the object was replaced")

// permanentFetchError classifies a response of S3 that a retry would not change; nil for all other errors.
func permanentFetchError(err error) *fetchError {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) {
		return nil
	}
	switch response.HTTPStatusCode() {
	case http.StatusNotFound:
		return &fetchError{outcomeMissing, err}
	case http.StatusForbidden, http.StatusUnauthorized:
		return &fetchError{outcomeDenied, err}
	case http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable:
		return &fetchError{outcomeChanged, fmt.Errorf("%w: %w", errReplaced, err)}
	}
	return nil
}
