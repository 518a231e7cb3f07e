// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/textproto"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// call is an integration of Alertmanager, of which each attempt has its texts, ends in time, is counted, and gives away no
// secret.
type call struct {
	to        notify.Notifier
	wording   *wording
	timeout   time.Duration
	throttled time.Duration
	secrets   *redactor
	count     func(ctx context.Context, outcome, reason string)

	// pending is an attempt that has not come to its end in time.
	pending chan answer
}

type answer struct {
	retry bool
	err   error
}

var errPending = errors.New("an earlier attempt has not ended yet")

func (c *call) attempt(ctx context.Context, alerts []*amalert.Alert) error {
	if err := c.wording.try(notify.GetTemplateData(ctx, c.wording.Template, alerts, slog.New(slog.DiscardHandler))); err != nil {
		c.count(ctx, "refused", "template")
		return consumererror.NewPermanent(errors.New(c.secrets.redact(err.Error())))
	}
	got := c.ask(ctx, alerts)
	if got.err == nil {
		c.count(ctx, "sent", "")
		return nil
	}
	reason, permanent := classify(got)
	plain := errors.New(brief(c.secrets.redact(got.err.Error()))) // what it wraps may show what it hides
	if permanent {
		c.count(ctx, "refused", reason)
		return consumererror.NewPermanent(plain)
	}
	c.count(ctx, "failed", reason)
	if reason == notify.RateLimitedReason.String() {
		return exporterhelper.NewThrottleRetry(plain, c.throttled)
	}
	return plain
}

// maxComplaint bounds what of an answer is repeated in an error, in bytes.
const maxComplaint = 1000

// brief cuts a text that is too long, between two characters.
func brief(text string) string {
	if len(text) <= maxComplaint {
		return text
	}
	return strings.ToValidUTF8(text[:maxComplaint], "") + " ..."
}

// ask waits for an answer for as long as the time-out says. The mail integration does not heed it once it is connected,
// so that it may have to be left behind; but only once.
func (c *call) ask(ctx context.Context, alerts []*amalert.Alert) answer {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if c.pending != nil {
		select {
		case <-c.pending:
			c.pending = nil
		case <-ctx.Done():
			return answer{true, notify.NewErrorWithReason(notify.ContextDeadlineExceededReason, errPending)}
		}
	}
	answers := make(chan answer, 1)
	go func() {
		retry, err := c.to.Notify(ctx, alerts...)
		answers <- answer{retry, err}
	}()
	select {
	case got := <-answers:
		return got
	case <-ctx.Done():
	}
	select {
	case got := <-answers: // most heed the time-out, and say more about it
		return got
	case <-time.After(time.Second):
		c.pending = answers
		return answer{true, notify.NewErrorWithReason(notify.ContextDeadlineExceededReason, context.Cause(ctx))}
	}
}

// classify says what an answer means. It is the integration's own, with three exceptions, in which it would not try
// again what may well succeed, or try again what cannot: a destination that has had too much for now, as by status 429; a
// file with a secret that is not there, as while it is replaced; and a reply of the 5yz series of a mail server, which is
// final by RFC 5321, 4.2.1.
func classify(got answer) (reason string, permanent bool) {
	why := notify.DefaultReason
	if known, ok := errors.AsType[*notify.ErrorWithReason](got.err); ok {
		why = known.Reason
	}
	if errors.Is(got.err, context.DeadlineExceeded) {
		why = notify.ContextDeadlineExceededReason
	}
	if reply, ok := errors.AsType[*textproto.Error](got.err); ok && reply.Code/100 == 5 {
		return notify.ClientErrorReason.String(), true
	}
	if _, ok := errors.AsType[*fs.PathError](got.err); ok {
		return why.String(), false
	}
	return why.String(), !got.retry && why != notify.RateLimitedReason && why != notify.ContextDeadlineExceededReason
}
