// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

var (
	errBusy = errors.New("busy")
	errBad  = consumererror.NewPermanent(errors.New("bad"))
)

// nextConsumer accepts logs unless reject is set.
type nextConsumer struct {
	consumertest.LogsSink
	reject error  // the error to return
	during func() // called during each call
}

func (*nextConsumer) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (n *nextConsumer) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if n.during != nil {
		n.during()
	}
	if n.reject != nil {
		return n.reject
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

// flakyConsumer rejects every other call until reliable is set. It detects concurrent calls.
type flakyConsumer struct {
	consumertest.LogsSink
	calls, active atomic.Int32
	concurrent    atomic.Bool // set after concurrent calls
	reliable      bool
}

func (n *flakyConsumer) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if n.active.Add(1) > 1 {
		n.concurrent.Store(true)
	}
	defer n.active.Add(-1)
	runtime.Gosched() // let other goroutines run
	if n.calls.Add(1)%2 == 1 && !n.reliable {
		return errBusy
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

func TestRejectedAlertsAreSentWithTheNextBatch(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))), "the flows are acknowledged")
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(3, 0))))
	waiting, lost := d.queue.counts()
	assert.Equal(t, int64(3), waiting)
	assert.Zero(t, lost)

	n.reject = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(4, 0))))
	assert.Len(t, n.AllLogs(), 1, "sent together")
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(5, 0))))
	assert.Equal(t, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}, sources(alertsIn(t, &n.LogsSink)), "in order and once")
	waiting, lost = d.queue.counts()
	assert.Zero(t, waiting)
	assert.Zero(t, lost)
}

// gate rejects logs until it is open.
type gate struct {
	consumertest.LogsSink
	open atomic.Bool
}

func (n *gate) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if !n.open.Load() {
		return errBusy
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

func TestRejectedAlertsAreRetriedPeriodically(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := new(gate)
		d := start(t, configOf(t, "{}"), n)
		require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
		time.Sleep(3 * retryInterval) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		assert.Empty(t, n.AllLogs(), "the next component still refuses")
		n.open.Store(true)
		time.Sleep(retryInterval) //nolint:forbidigo // the bubble's clock
		synctest.Wait()
		assert.Equal(t, []string{"10.0.0.1"}, sources(alertsIn(t, &n.LogsSink)))
	})
}

func TestRejectedAlertsStayBeforeNewerOnes(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, "max_pending_alerts: 2"), n)
	n.during = func() {
		d.queue.hold([]*alert.Alert{{Status: alert.Opened, Source: netip.MustParseAddr("10.0.0.3")}})
		d.queue.release()
	}
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))
	n.reject, n.during = nil, nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.2", "10.0.0.3"}, sources(alertsIn(t, &n.LogsSink)), "the oldest alert is dropped")
}

func TestBatchWithoutAlertsSendsPendingOnes(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.reject = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.1"}, sources(alertsIn(t, &n.LogsSink)))
}

func TestObservedTimeIsTheTimeOfTheAlert(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, "{}"), n)
	emitted := clock()
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.reject = nil
	d.queue.now = nil // sending must not need the clock
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, emitted, alertsIn(t, &n.LogsSink)[0].Observed)
}

func TestOldestPendingAlertsAreDropped(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, "max_pending_alerts: 3"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(3, 0))))
	waiting, lost := d.queue.counts()
	assert.Equal(t, int64(3), waiting, "up to the limit")
	assert.Zero(t, lost)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(4, 0), dnsOverTCP(5, 0))))
	waiting, lost = d.queue.counts()
	assert.Equal(t, int64(3), waiting)
	assert.Equal(t, int64(2), lost)

	n.reject = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.3", "10.0.0.4", "10.0.0.5"}, sources(alertsIn(t, &n.LogsSink)))
}

func TestLimitOfPendingAlertsDoesNotApplyToABatch(t *testing.T) {
	n := new(nextConsumer)
	d := start(t, configOf(t, "max_pending_alerts: 1"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(3, 0))))
	assert.Equal(t, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, sources(alertsIn(t, &n.LogsSink)))
	_, lost := d.queue.counts()
	assert.Zero(t, lost)
}

func TestPermanentlyRejectedAlertsAreLostAndCounted(t *testing.T) {
	n := &nextConsumer{reject: errBad}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))
	waiting, lost := d.queue.counts()
	assert.Zero(t, waiting)
	assert.Equal(t, int64(2), lost)

	n.reject = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(3, 0))))
	assert.Equal(t, []string{"10.0.0.3"}, sources(alertsIn(t, &n.LogsSink)))
}

func TestCanceledDeliveryIsRetried(t *testing.T) {
	n := &nextConsumer{reject: context.Canceled}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.reject = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.1"}, sources(alertsIn(t, &n.LogsSink)))
}

func TestRejectedFlowsAreNotEvaluated(t *testing.T) {
	const text = "{forward_flows: true, rules: {large_outbound_transfer: {threshold: 100}}}"
	sent := func() plog.Logs { // two flows of 60 bytes: counting one of them twice would reach the threshold earlier
		return decoded(line("10.0.0.5", 50000, "203.0.113.7", 443, 0, "ACCEPT"), line("10.0.0.5", 50001, "203.0.113.7", 443, 1, "ACCEPT"))
	}
	once := new(nextConsumer)
	require.NoError(t, start(t, configOf(t, text), once).ConsumeLogs(t.Context(), sent()))
	want := alertsIn(t, &once.LogsSink)
	require.Len(t, want, 1)

	for name, rejection := range map[string]error{"temporarily": errBusy, "permanently": errBad} {
		t.Run(name, func(t *testing.T) {
			n := &nextConsumer{reject: rejection}
			d := start(t, configOf(t, text), n)
			for range 3 {
				require.ErrorIs(t, d.ConsumeLogs(t.Context(), sent()), rejection)
			}
			assert.Empty(t, d.engine.Stats().Watermarks, "no flow is evaluated")
			n.reject = nil
			require.NoError(t, d.ConsumeLogs(t.Context(), sent()))
			assert.Equal(t, want, alertsIn(t, &n.LogsSink), "the same alerts as after one attempt")
		})
	}
}

func TestFlowsAreAcknowledgedWhenTheirAlertsAreRejected(t *testing.T) {
	n := &flowsOnly{}
	d := start(t, configOf(t, "forward_flows: true"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))), "the flows are acknowledged")
	assert.Equal(t, 1, n.LogRecordCount(), "the flow")
	waiting, _ := d.queue.counts()
	assert.Equal(t, int64(1), waiting)
}

// flowsOnly accepts flows and rejects alerts.
type flowsOnly struct{ consumertest.LogsSink }

func (n *flowsOnly) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	for range alertotlp.All(logs) {
		return errBusy
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

func TestShutdownSendsPendingAlerts(t *testing.T) {
	for name, test := range map[string]struct {
		reject error
		want   []string
		logged string
	}{
		"the next component accepts them":             {nil, []string{"10.0.0.1", "10.0.0.2"}, ""},
		"the next component is still busy":            {errBusy, nil, "pending alerts lost at shutdown"},
		"the next component rejects them permanently": {errBad, nil, "alerts lost: the next component rejected them permanently"},
	} {
		t.Run(name, func(t *testing.T) {
			core, logged := observer.New(zap.ErrorLevel)
			set := processortest.NewNopSettings(componentType)
			set.Logger = zap.New(core)
			n := &nextConsumer{reject: errBusy}
			d, err := newDetector(set, configOf(t, "{}"), n, clock)
			require.NoError(t, err)
			require.NoError(t, d.Start(t.Context(), componenttest.NewNopHost()))
			require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))

			n.reject = test.reject
			require.NoError(t, d.Shutdown(t.Context()))
			assert.Equal(t, test.want, sources(alertsIn(t, &n.LogsSink)))
			var messages []string
			for _, entry := range logged.All() {
				messages = append(messages, entry.Message)
			}
			if test.logged != "" {
				assert.Equal(t, []string{test.logged}, slices.Compact(messages))
			} else {
				assert.Empty(t, messages)
			}
		})
	}
}

// hangingConsumer returns only when the context ends.
type hangingConsumer struct{ consumertest.LogsSink }

func (*hangingConsumer) ConsumeLogs(ctx context.Context, _ plog.Logs) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestHangingComponentDoesNotDelayTheShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := newDetector(processortest.NewNopSettings(componentType), configOf(t, "{}"), new(hangingConsumer), clock)
		require.NoError(t, err)
		require.NoError(t, d.Start(t.Context(), componenttest.NewNopHost()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.NoError(t, d.ConsumeLogs(ctx, decoded(dnsOverTCP(1, 0))), "it hangs until its context ends")
		<-time.After(2 * retryInterval) // the retry hangs
		synctest.Wait()
		start := time.Now()
		require.NoError(t, d.Shutdown(t.Context()))
		assert.LessOrEqual(t, time.Since(start), 3*time.Second)
	})
}
