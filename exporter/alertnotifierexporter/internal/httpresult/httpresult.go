// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package httpresult says whether a failed request is worth a retry.
package httpresult

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/retryafter"
)

const (
	// maxRetryAfter bounds how long a response may delay the next attempt.
	maxRetryAfter = time.Hour
	// maxMessage bounds the part of a response that an error includes, in bytes.
	maxMessage = 1024
)

// Classify interprets the status of a response of the named service. The outcome is sent, failed (retried) or refused
// (dropped), with a permanent error. Redirects and client errors are permanent, except 408 (request timeout) and
// 429 (too many requests).
func Classify(service string, response *http.Response, now time.Time) (outcome, reason string, err error) {
	code := response.StatusCode
	if code/100 == 2 {
		return "sent", "", nil
	}
	message, _ := io.ReadAll(io.LimitReader(response.Body, maxMessage)) // without it, the status is enough
	err = fmt.Errorf("response of %s is %s: %s", service, response.Status, cleantext.Line(string(message)))
	if code/100 == 3 {
		err = fmt.Errorf("%s redirects to another address, which is not followed: %w", response.Request.URL.Host, err)
		return "refused", "clientError", consumererror.NewPermanent(err)
	}
	if code/100 == 4 && code != http.StatusTooManyRequests && code != http.StatusRequestTimeout {
		return "refused", "clientError", consumererror.NewPermanent(err)
	}
	if wait, ok := retryafter.Parse(response.Header.Get("Retry-After"), now, maxRetryAfter); ok {
		return "failed", "serverError", exporterhelper.NewThrottleRetry(err, wait)
	}
	return "failed", "serverError", err
}
