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
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// retryInterval is the interval at which rejected alerts are sent again if no batch arrives.
const retryInterval = 5 * time.Second

// alertQueue holds alerts until the next component has accepted them. Their flows have been evaluated and are not sent
// again, so only the queue can deliver the alerts.
type alertQueue struct {
	next    consumer.Logs
	limit   int
	version string
	log     *zap.Logger
	now     func() time.Time

	sending sync.Mutex // held while alerts are sent, so that they stay in order

	mu      sync.Mutex // guards the fields below
	pending []*alert.Alert
	lost    int64 // alerts that were rejected permanently, or dropped beyond the limit
}

func newAlertQueue(next consumer.Logs, limit int, set processor.Settings, now func() time.Time) *alertQueue {
	return &alertQueue{next: next, limit: limit, version: set.BuildInfo.Version, log: set.Logger, now: now}
}

// add adds alerts. The limit does not apply here, because it bounds only the alerts that were rejected.
func (q *alertQueue) add(alerts []*alert.Alert) {
	if len(alerts) == 0 {
		return
	}
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, a := range alerts {
		a.Observed = now
		q.pending = append(q.pending, a)
	}
}

// flush sends all pending alerts. Alerts that are rejected remain pending, unless the error is permanent.
func (q *alertQueue) flush(ctx context.Context) {
	q.sending.Lock()
	defer q.sending.Unlock()
	alerts := q.take()
	if len(alerts) == 0 {
		return
	}
	logs := plog.NewLogs()
	alertotlp.Append(logs, scopeName, q.version, alerts)
	switch err := q.next.ConsumeLogs(ctx, logs); {
	case err == nil:
	case consumererror.IsPermanent(err):
		q.log.Error("alerts lost: the next component rejected them permanently", zap.Int("alerts", len(alerts)), zap.Error(err))
		q.countLost(len(alerts))
	default:
		q.log.Warn("fail to send alerts; they are sent again later", zap.Int("alerts", len(alerts)), zap.Error(err))
		q.putBack(alerts)
	}
}

func (q *alertQueue) take() []*alert.Alert {
	q.mu.Lock()
	defer q.mu.Unlock()
	alerts := q.pending
	q.pending = nil
	return alerts
}

// putBack inserts alerts before those that were added since. It drops the oldest alerts beyond the limit.
func (q *alertQueue) putBack(alerts []*alert.Alert) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending = append(alerts, q.pending...)
	if excess := len(q.pending) - q.limit; excess > 0 {
		q.pending = q.pending[excess:]
		q.lost += int64(excess)
	}
}

func (q *alertQueue) countLost(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lost += int64(n)
}

func (q *alertQueue) counts() (pending, lost int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(len(q.pending)), q.lost
}
