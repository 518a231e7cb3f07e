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

// next takes logs unless it is told to refuse them.
type next struct {
	consumertest.LogsSink
	refuse error  // what it says instead of taking anything
	during func() // what happens meanwhile
}

func (*next) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (n *next) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if n.during != nil {
		n.during()
	}
	if n.refuse != nil {
		return n.refuse
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

// moody refuses every other time until it is content, and sees whether it is called once at a time.
type moody struct {
	consumertest.LogsSink
	calls, inside atomic.Int32
	pressed       atomic.Bool // it was called while it was busy
	content       bool
}

func (n *moody) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if n.inside.Add(1) > 1 {
		n.pressed.Store(true)
	}
	defer n.inside.Add(-1)
	runtime.Gosched() // so that others get the chance
	if n.calls.Add(1)%2 == 1 && !n.content {
		return errBusy
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

func TestRefusedAlertsGoWithTheNextBatch(t *testing.T) {
	n := &next{refuse: errBusy}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))), "the flows have been seen")
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(3, 0))))
	waiting, lost := d.queue.counts()
	assert.Equal(t, int64(3), waiting)
	assert.Zero(t, lost)

	n.refuse = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(4, 0))))
	assert.Len(t, n.AllLogs(), 1, "all go together")
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(5, 0))))
	assert.Equal(t, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}, sources(told(t, &n.LogsSink)), "in order, none twice")
	waiting, lost = d.queue.counts()
	assert.Zero(t, waiting)
	assert.Zero(t, lost)
}

// gate refuses until it is open.
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

func TestRefusedAlertsAreOfferedAgainWithoutAnotherBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := new(gate)
		d := start(t, configOf(t, "{}"), n)
		require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
		time.Sleep(3 * retryInterval) //nolint:forbidigo // the clock of the bubble
		synctest.Wait()
		assert.Empty(t, n.AllLogs(), "the next component still refuses")
		n.open.Store(true)
		time.Sleep(retryInterval) //nolint:forbidigo // the clock of the bubble
		synctest.Wait()
		assert.Equal(t, []string{"10.0.0.1"}, sources(told(t, &n.LogsSink)))
	})
}

func TestAlertsThatComeMeanwhileStandBehindTheRefused(t *testing.T) {
	n := &next{refuse: errBusy}
	d := start(t, configOf(t, "max_pending_alerts: 2"), n)
	n.during = func() { d.queue.add([]*alert.Alert{{Status: alert.Opened, Source: netip.MustParseAddr("10.0.0.3")}}) }
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))
	n.refuse, n.during = nil, nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.2", "10.0.0.3"}, sources(told(t, &n.LogsSink)), "the oldest of all had to go")
}

func TestABatchWithoutAlertsTakesThoseThatWait(t *testing.T) {
	n := &next{refuse: errBusy}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.refuse = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.1"}, sources(told(t, &n.LogsSink)))
}

func TestObservedTimeIsThatOfTheAlertNotOfItsDelivery(t *testing.T) {
	n := &next{refuse: errBusy}
	d := start(t, configOf(t, "{}"), n)
	emitted := clock()
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.refuse = nil
	d.queue.now = nil // delivery has no use for it
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, emitted, told(t, &n.LogsSink)[0].Observed)
}

func TestOldestAlertsGoWhenTooManyWait(t *testing.T) {
	n := &next{refuse: errBusy}
	d := start(t, configOf(t, "max_pending_alerts: 3"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(3, 0))))
	waiting, lost := d.queue.counts()
	assert.Equal(t, int64(3), waiting, "as many as may")
	assert.Zero(t, lost)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(4, 0), dnsOverTCP(5, 0))))
	waiting, lost = d.queue.counts()
	assert.Equal(t, int64(3), waiting)
	assert.Equal(t, int64(2), lost)

	n.refuse = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.3", "10.0.0.4", "10.0.0.5"}, sources(told(t, &n.LogsSink)))
}

func TestOneBatchMayGiveMoreAlertsThanMayWait(t *testing.T) {
	n := new(next)
	d := start(t, configOf(t, "max_pending_alerts: 1"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(3, 0))))
	assert.Equal(t, []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, sources(told(t, &n.LogsSink)))
	_, lost := d.queue.counts()
	assert.Zero(t, lost)
}

func TestAlertsRefusedForGoodAreLostAndCounted(t *testing.T) {
	n := &next{refuse: errBad}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))
	waiting, lost := d.queue.counts()
	assert.Zero(t, waiting)
	assert.Equal(t, int64(2), lost)

	n.refuse = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(3, 0))))
	assert.Equal(t, []string{"10.0.0.3"}, sources(told(t, &n.LogsSink)))
}

func TestACancelledDeliveryIsMadeUpFor(t *testing.T) {
	n := &next{refuse: context.Canceled}
	d := start(t, configOf(t, "{}"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))))
	n.refuse = nil
	require.NoError(t, d.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Equal(t, []string{"10.0.0.1"}, sources(told(t, &n.LogsSink)))
}

func TestRefusedFlowsAreNotSeenByTheEngine(t *testing.T) {
	const text = "{forward_flows: true, rules: {large_outbound_transfer: {threshold: 100}}}"
	sent := func() plog.Logs { // two flows of 60 bytes: to count one of them twice would be to cross the threshold sooner
		return decoded(line("10.0.0.5", 50000, "203.0.113.7", 443, 0, "ACCEPT"), line("10.0.0.5", 50001, "203.0.113.7", 443, 1, "ACCEPT"))
	}
	once := new(next)
	require.NoError(t, start(t, configOf(t, text), once).ConsumeLogs(t.Context(), sent()))
	want := told(t, &once.LogsSink)
	require.Len(t, want, 1)

	for name, refusal := range map[string]error{"for now": errBusy, "for good": errBad} {
		t.Run(name, func(t *testing.T) {
			n := &next{refuse: refusal}
			d := start(t, configOf(t, text), n)
			for range 3 {
				require.ErrorIs(t, d.ConsumeLogs(t.Context(), sent()), refusal)
			}
			assert.Empty(t, d.engine.Stats().Watermarks, "the engine has seen nothing")
			n.refuse = nil
			require.NoError(t, d.ConsumeLogs(t.Context(), sent()))
			assert.Equal(t, want, told(t, &n.LogsSink), "the same alerts as if the flows had been sent once")
		})
	}
}

func TestAlertsAreRefusedAfterTheirFlowsWereTaken(t *testing.T) {
	n := &alertsRefused{}
	d := start(t, configOf(t, "forward_flows: true"), n)
	require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))), "the flows are not asked for again")
	assert.Equal(t, 1, n.LogRecordCount(), "the flow")
	waiting, _ := d.queue.counts()
	assert.Equal(t, int64(1), waiting)
}

// alertsRefused takes flows only.
type alertsRefused struct{ consumertest.LogsSink }

func (n *alertsRefused) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	for range alertotlp.All(logs) {
		return errBusy
	}
	return n.LogsSink.ConsumeLogs(ctx, logs)
}

func TestShutdownSendsWhatWaits(t *testing.T) {
	for name, test := range map[string]struct {
		refuse error
		want   []string
		logged string
	}{
		"the next takes it":         {nil, []string{"10.0.0.1", "10.0.0.2"}, ""},
		"the next still is busy":    {errBusy, nil, "pending alerts lost at shutdown"},
		"the next refuses for good": {errBad, nil, "alerts lost: the next component rejected them permanently"},
	} {
		t.Run(name, func(t *testing.T) {
			core, logged := observer.New(zap.ErrorLevel)
			set := processortest.NewNopSettings(componentType)
			set.Logger = zap.New(core)
			n := &next{refuse: errBusy}
			d, err := newDetector(set, configOf(t, "{}"), n, clock)
			require.NoError(t, err)
			require.NoError(t, d.Start(t.Context(), componenttest.NewNopHost()))
			require.NoError(t, d.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0))))

			n.refuse = test.refuse
			require.NoError(t, d.Shutdown(t.Context()))
			assert.Equal(t, test.want, sources(told(t, &n.LogsSink)))
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
