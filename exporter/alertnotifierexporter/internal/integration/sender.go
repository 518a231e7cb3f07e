// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// Sender sends notifications through an integration. It bounds the duration of an attempt, counts attempts, and returns
// errors without secrets.
type Sender struct {
	// Notifier is the integration.
	Notifier notify.Notifier
	// Host is the host of the destination, for errors. It may be empty.
	Host string
	// Messages are the templates of the integration.
	Messages *Messages
	// Timeout is the maximum duration of one attempt.
	Timeout time.Duration
	// ThrottleWait is how long to wait after the destination has limited the rate. The integrations do not return a
	// Retry-After header.
	ThrottleWait time.Duration
	// Redactor removes secrets from errors.
	Redactor *redact.Redactor
	// Count counts an attempt. The outcome is sent, failed (retried) or refused (dropped).
	Count func(ctx context.Context, outcome, reason string)

	// pending is an attempt that did not return within the timeout.
	pending chan result
}

// send sends one notification. A permanent error means that a retry would fail too.
func (s *Sender) send(ctx context.Context, alerts []*amalert.Alert) error {
	if err := s.Messages.render(notify.GetTemplateData(ctx, s.Messages.template, alerts, slog.New(slog.DiscardHandler))); err != nil {
		s.Count(ctx, "refused", "template")
		return consumererror.NewPermanent(s.Redactor.Error(err))
	}
	r := s.attempt(ctx, alerts)
	if r.err == nil {
		s.Count(ctx, "sent", "")
		return nil
	}
	reason, permanent := r.classify()
	text := truncate(s.Redactor.Text(r.err.Error())) // a wrapped error could contain a secret
	if isRedirect.MatchString(text) {
		text = fmt.Sprintf("%s redirects to another address, which is not followed: %s", cmp.Or(s.Host, "the destination"), text)
	}
	plain := errors.New(text)
	if permanent && ctx.Err() == nil { // some integrations do not recommend a retry of a canceled attempt
		s.Count(ctx, "refused", reason)
		return consumererror.NewPermanent(plain)
	}
	s.Count(ctx, "failed", reason)
	if reason == notify.RateLimitedReason.String() {
		return exporterhelper.NewThrottleRetry(plain, s.ThrottleWait)
	}
	return plain
}

// isRedirect matches the error of an integration about a status of 3xx.
var isRedirect = regexp.MustCompile(`status code 3\d\d\b`)

var errPending = errors.New("an earlier attempt is still running")

// cancelWait is how long to wait for the error of a canceled attempt.
const cancelWait = 500 * time.Millisecond

// attempt calls the integration and waits for the timeout at most. The e-mail integration ignores the timeout once it is
// connected, so its goroutine may continue in the background. There is at most one such goroutine.
func (s *Sender) attempt(ctx context.Context, alerts []*amalert.Alert) result {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	if s.pending != nil {
		select {
		case <-s.pending:
			s.pending = nil
		case <-ctx.Done():
			return result{true, notify.NewErrorWithReason(notify.ContextDeadlineExceededReason, errPending)}
		}
	}
	results := make(chan result, 1)
	go func() {
		results <- s.notify(ctx, alerts)
	}()
	select {
	case r := <-results:
		return r
	case <-ctx.Done():
	}
	select {
	case r := <-results: // most integrations respect the timeout and return a better error
		return r
	case <-time.After(cancelWait):
		s.pending = results
		return result{true, notify.NewErrorWithReason(notify.ContextDeadlineExceededReason, context.Cause(ctx))}
	}
}

// notify calls the integration. A panic in it is a permanent error: the response of a destination can cause one, and would
// cause it again.
func (s *Sender) notify(ctx context.Context, alerts []*amalert.Alert) (r result) {
	defer func() {
		if cause := recover(); cause != nil {
			r = result{false, fmt.Errorf("the integration failed unexpectedly: %v", cause)}
		}
	}()
	retry, err := s.Notifier.Notify(ctx, alerts...)
	return result{retry, err}
}

// maxError bounds the text of an error, in bytes. The integrations include whole responses.
const maxError = 1000

func truncate(text string) string {
	if len(text) <= maxError {
		return text
	}
	return strings.ToValidUTF8(text[:maxError], "") + " ..."
}
