// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// outbox holds alerts until the next component has taken them. What it refuses waits for the next batch; the flows
// that gave the alerts have been seen and are not asked for again.
type outbox struct {
	next    consumer.Logs
	limit   int
	version string
	log     *zap.Logger
	now     func() time.Time

	sending sync.Mutex // held while alerts are on their way, so that they stay in order

	mu      sync.Mutex // guards the rest
	waiting []*alert.Alert
	lost    int64 // alerts that nobody will see: too many waited, or they were refused for good
}

// put adds an alert. The limit is not for what one batch gives: that goes at once, unless it is refused.
func (o *outbox) put(a *alert.Alert) {
	o.mu.Lock()
	defer o.mu.Unlock()
	a.Observed = o.now()
	o.waiting = append(o.waiting, a)
}

// flush sends all that wait.
func (o *outbox) flush(ctx context.Context) {
	o.sending.Lock()
	defer o.sending.Unlock()
	alerts := o.take()
	if len(alerts) == 0 {
		return
	}
	logs := plog.NewLogs()
	alert.Append(logs, scopeName, o.version, alerts)
	switch err := o.next.ConsumeLogs(ctx, logs); {
	case err == nil:
	case consumererror.IsPermanent(err):
		o.log.Error("alerts were refused for good and are lost", zap.Int("alerts", len(alerts)), zap.Error(err))
		o.lose(len(alerts))
	default:
		o.log.Warn("alerts were refused and wait for the next batch", zap.Int("alerts", len(alerts)), zap.Error(err))
		o.putBack(alerts)
	}
}

func (o *outbox) take() []*alert.Alert {
	o.mu.Lock()
	defer o.mu.Unlock()
	alerts := o.waiting
	o.waiting = nil
	return alerts
}

// putBack lays alerts before those that have come since. When too many wait, the oldest go.
func (o *outbox) putBack(alerts []*alert.Alert) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting = append(alerts, o.waiting...)
	if over := len(o.waiting) - o.limit; over > 0 {
		o.waiting = o.waiting[over:]
		o.lost += int64(over)
	}
}

func (o *outbox) lose(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lost += int64(n)
}

func (o *outbox) counts() (waiting, lost int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return int64(len(o.waiting)), o.lost
}
