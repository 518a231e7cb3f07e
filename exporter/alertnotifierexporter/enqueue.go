// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// entrance passes alerts to a destination's queue, in requests that fit.
type entrance struct {
	next   consumer.Logs
	size   func(plog.Logs) int64 // in the unit of max; nil if the size of a request does not matter
	max    int64                 // the capacity of the queue
	unsent func(ctx context.Context, reason string, alerts int)

	mu sync.Mutex
	// accepted identifies the alerts of the last failed call that are in the queue. The caller sends them again, and they
	// must not fill the queue again.
	accepted map[uint64]bool
}

func newEntrance(
	next consumer.Logs, queue configoptional.Optional[exporterhelper.QueueBatchConfig], unsent func(context.Context, string, int),
) *entrance {
	e := &entrance{next: next, unsent: unsent}
	if queue.HasValue() {
		e.max = queue.Get().QueueSize
		switch queue.Get().Sizer {
		case exporterhelper.RequestSizerTypeBytes:
			var encoder plog.ProtoMarshaler
			e.size = func(logs plog.Logs) int64 { return int64(encoder.LogsSize(logs)) }
		case exporterhelper.RequestSizerTypeItems:
			e.size = func(logs plog.Logs) int64 { return int64(logs.LogRecordCount()) }
		}
	}
	return e
}

// add adds alerts to the queue, except those that it accepted in an earlier call that failed: the caller sends them again.
func (e *entrance) add(ctx context.Context, alerts []*alert.Alert) error {
	accepted := map[uint64]bool{}
	var missing []*alert.Alert
	e.mu.Lock()
	for _, a := range alerts {
		if id := episode.Identify(a); e.accepted[id] {
			accepted[id] = true
		} else {
			missing = append(missing, a)
		}
	}
	e.mu.Unlock()
	rest, err := e.send(ctx, missing)
	if errors.Is(err, exporterhelper.ErrQueueIsFull) {
		e.unsent(ctx, "queue_full", len(rest))
	}
	for _, a := range missing[:len(missing)-len(rest)] {
		accepted[episode.Identify(a)] = true
	}
	e.mu.Lock()
	e.accepted = accepted
	e.mu.Unlock()
	return err
}

// done is called once all destinations have accepted the alerts, so that nobody sends them again.
func (e *entrance) done() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.accepted = nil
}

// requestsPerQueue is the least number of requests for which a queue has space. Larger requests are split.
const requestsPerQueue = 4

// send passes alerts to the queue. After an error it returns the alerts that the queue has not accepted.
func (e *entrance) send(ctx context.Context, alerts []*alert.Alert) (rest []*alert.Alert, err error) {
	if len(alerts) == 0 {
		return nil, nil
	}
	logs := toLogs(alerts)
	if half := len(alerts) / 2; half > 0 && e.size != nil && e.size(logs) > e.max/requestsPerQueue {
		if rest, err := e.send(ctx, alerts[:half]); err != nil {
			return alerts[half-len(rest):], err
		}
		return e.send(ctx, alerts[half:])
	}
	if err := e.next.ConsumeLogs(ctx, logs); err != nil {
		return alerts, err
	}
	return nil, nil
}
