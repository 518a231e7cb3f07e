// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// fetchError says that an object cannot be read for a reason that is not in what it holds.
type fetchError struct {
	// outcome is what came of the object because of it.
	outcome outcome
	err     error
}

// Error names the reason.
func (e *fetchError) Error() string { return e.err.Error() }

// Unwrap gives what S3 or the connection said.
func (e *fetchError) Unwrap() error { return e.err }

// errChanged says that another object is there by now.
var errChanged = errors.New("another object has taken its place")

// fetchFault tells what the answer of S3 means for an object; nil where it may be another one the next time.
func fetchFault(err error) *fetchError {
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) {
		return nil
	}
	switch answer.HTTPStatusCode() {
	case http.StatusNotFound:
		return &fetchError{outcomeMissing, err}
	case http.StatusForbidden, http.StatusUnauthorized:
		return &fetchError{outcomeDenied, err}
	case http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable:
		return &fetchError{outcomeChanged, fmt.Errorf("%w: %w", errChanged, err)}
	}
	return nil
}
