// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"
	"errors"
	"io/fs"
	"net/textproto"

	"github.com/prometheus/alertmanager/notify"
)

// result is what an integration returns for one attempt.
type result struct {
	retry bool // the integration recommends a retry
	err   error
}

// classify returns the reason of an error, and whether it is permanent. It follows the integration, with exceptions. HTTP
// status 429 (too many requests), a timeout, and a secret file that cannot be read are never permanent: a file may be
// missing while it is replaced. A 5yz reply of a mail server is permanent (RFC 5321, section 4.2.1).
func (r result) classify() (reason string, permanent bool) {
	why := notify.DefaultReason
	if known, ok := errors.AsType[*notify.ErrorWithReason](r.err); ok {
		why = known.Reason
	}
	if errors.Is(r.err, context.DeadlineExceeded) {
		why = notify.ContextDeadlineExceededReason
	}
	if reply, ok := errors.AsType[*textproto.Error](r.err); ok && reply.Code/100 == 5 {
		return notify.ClientErrorReason.String(), true
	}
	if _, ok := errors.AsType[*fs.PathError](r.err); ok {
		return why.String(), false
	}
	return why.String(), !r.retry && why != notify.RateLimitedReason && why != notify.ContextDeadlineExceededReason
}
