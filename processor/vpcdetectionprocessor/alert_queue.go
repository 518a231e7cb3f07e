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
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// outbox holds alerts until the next component has taken them. What it refuses is offered again, with the next batch or in a while; the flows
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
	alertotlp.Append(logs, scopeName, o.version, alerts)
	switch err := o.next.ConsumeLogs(ctx, logs); {
	case err == nil:
	case consumererror.IsPermanent(err):
		o.log.Error("alerts were refused for good and are lost", zap.Int("alerts", len(alerts)), zap.Error(err))
		o.lose(len(alerts))
	default:
		o.log.Warn("alerts were refused and will be offered again", zap.Int("alerts", len(alerts)), zap.Error(err))
		o.putBack(alerts)
	}
}

// retryInterval is how long refused alerts wait when no batch comes that would take them along.
const retryInterval = 5 * time.Second

// retry offers again what was refused, until the function that it returns is called.
func (o *outbox) retry() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(retryInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				o.flush(ctx)
			}
		}
	}()
	return func() error {
		cancel()
		<-ended
		return nil
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
