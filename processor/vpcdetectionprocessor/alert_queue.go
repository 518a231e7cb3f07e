// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"slices"
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

	mu     sync.Mutex     // guards the fields below
	unsent []*alert.Alert // waiting or being sent, oldest first
	ready  int            // the number of unsent alerts that may be sent
	first  uint64         // the number of the first unsent alert, counted from the first alert ever
	lost   int64          // alerts that were rejected permanently, or dropped beyond the limit
}

func newAlertQueue(next consumer.Logs, limit int, set processor.Settings, now func() time.Time) *alertQueue {
	return &alertQueue{next: next, limit: limit, version: set.BuildInfo.Version, log: set.Logger, now: now}
}

// hold adds alerts that are not sent before release is called. The limit does not apply here, because it bounds only
// the alerts that were rejected.
func (q *alertQueue) hold(alerts []*alert.Alert) {
	if len(alerts) == 0 {
		return
	}
	now := q.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, a := range alerts {
		a.Observed = now
		q.unsent = append(q.unsent, a)
	}
}

// release lets the next flush send all alerts.
func (q *alertQueue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = len(q.unsent)
}

// restore sets the alerts of an earlier run. first is the number of the first one.
func (q *alertQueue) restore(first uint64, alerts []*alert.Alert) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.first, q.unsent, q.ready = first, alerts, len(alerts)
}

// all returns all unsent alerts and the number of the first one.
func (q *alertQueue) all() (first uint64, alerts []*alert.Alert) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.first, slices.Clip(q.unsent)
}

// flush sends all alerts that may be sent. Alerts that are rejected stay in the queue, unless the error is permanent.
func (q *alertQueue) flush(ctx context.Context) {
	q.sending.Lock()
	defer q.sending.Unlock()
	alerts := q.sendable()
	if len(alerts) == 0 {
		return
	}
	logs := plog.NewLogs()
	alertotlp.Append(logs, scopeName, q.version, alerts)
	switch err := q.next.ConsumeLogs(ctx, logs); {
	case err == nil:
		q.remove(len(alerts), 0)
	case consumererror.IsPermanent(err):
		q.log.Error("alerts lost: the next component rejected them permanently", zap.Int("alerts", len(alerts)), zap.Error(err))
		q.remove(len(alerts), len(alerts))
	default:
		q.log.Warn("fail to send alerts; they are sent again later", zap.Int("alerts", len(alerts)), zap.Error(err))
		q.dropExcess()
	}
}

func (q *alertQueue) sendable() []*alert.Alert {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.unsent[:q.ready:q.ready]
}

// remove removes the n oldest alerts. lost is the number of them that were not delivered.
func (q *alertQueue) remove(n, lost int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.drop(n)
	q.lost += int64(lost)
}

// dropExcess drops the oldest alerts beyond the limit.
func (q *alertQueue) dropExcess() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if excess := min(len(q.unsent)-q.limit, q.ready); excess > 0 {
		q.drop(excess)
		q.lost += int64(excess)
	}
}

// drop removes the n oldest alerts. It copies the others, because callers of all may still read the old list.
func (q *alertQueue) drop(n int) {
	q.unsent = append([]*alert.Alert(nil), q.unsent[n:]...)
	q.first += uint64(n)
	q.ready -= n
}

func (q *alertQueue) counts() (pending, lost int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(len(q.unsent)), q.lost
}
