// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

// feed is an input whose lines a receiver sends in batches. A line is a record.
type feed struct {
	t     *testing.T
	input delivery.Input
	lines []string
}

// send sends the lines from one position to another. It returns the claims.
func (f *feed) send(d *detector, from, to int) []*delivery.Claim {
	f.t.Helper()
	b := &delivery.Batch{Input: f.input, First: int64(from), Records: int64(to - from)}
	require.NoError(f.t, d.ConsumeLogs(delivery.NewContext(f.t.Context(), b), decoded(f.lines[from:to]...)))
	return b.Close()
}

// counted returns the number of records that were skipped because they were counted before.
func counted(d *detector) int64 { return d.snapshot().skipped[alreadyCounted] }

func TestRecordsThatWereCountedAreSkipped(t *testing.T) {
	for name, test := range map[string]struct {
		from, to int // the second batch, after one from 0 to 5
		skipped  int64
		alerts   bool // ten probes were counted
	}{
		"the next batch":                         {5, 10, 0, true},
		"a repeated batch":                       {0, 5, 5, false},
		"the end of a batch":                     {3, 5, 2, false},
		"a batch that ends later":                {0, 10, 5, true},
		"a batch with some new records":          {4, 9, 1, false},
		"a batch after one that was not counted": {6, 10, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			d := start(t, configOf(t, "{}"), sink)
			f := &feed{t: t, input: delivery.NewInput("file"), lines: probes(1, 10)}
			f.send(d, 0, 5)
			f.send(d, test.from, test.to)
			assert.Equal(t, test.skipped, counted(d))
			assert.Equal(t, test.alerts, len(alertsIn(t, sink)) == 1)
		})
	}
}

func TestInputsAreCountedSeparately(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, "{}"), sink)
	(&feed{t: t, input: delivery.NewInput("one"), lines: probes(1, 5)}).send(d, 0, 5)
	(&feed{t: t, input: delivery.NewInput("other"), lines: probes(6, 10)}).send(d, 0, 5)
	require.Len(t, alertsIn(t, sink), 1)
}

// large_outbound_transfer alerts above 100 bytes, and each line has 60.
const transfers = "{forward_flows: true, rules: {large_outbound_transfer: {threshold: 130}}}"

func transferLines(n int) (lines []string) {
	for i := range n {
		lines = append(lines, line("10.0.0.5", 50000+i, "203.0.113.7", 443, i, "ACCEPT"))
	}
	return lines
}

func TestBatchThatAnotherConsumerRefusesIsCountedOnce(t *testing.T) {
	n := new(nextConsumer)
	d := start(t, configOf(t, transfers), n)
	f := &feed{t: t, input: delivery.NewInput("file"), lines: transferLines(3)}
	for range 3 {
		f.send(d, 0, 1) // the receiver repeats the batch, because a consumer next to the processor refuses it
	}
	f.send(d, 1, 2)
	require.Equal(t, 4, n.LogRecordCount(), "flows are forwarded each time")
	f.send(d, 2, 3)
	require.Len(t, alertsIn(t, &n.LogsSink), 1, "the third flow exceeds the threshold")
}

func TestFlowsThatTheNextConsumerRefusesAreNotCounted(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	d := start(t, configOf(t, transfers), n)
	f := &feed{t: t, input: delivery.NewInput("file"), lines: transferLines(3)}
	b := &delivery.Batch{Input: f.input, Records: 3}
	require.ErrorIs(t, d.ConsumeLogs(delivery.NewContext(t.Context(), b), decoded(f.lines...)), errBusy)
	require.Empty(t, b.Close())
	n.reject = nil
	f.send(d, 0, 3)
	require.Len(t, alertsIn(t, &n.LogsSink), 1)
}

func TestBatchThatAFilterHasChanged(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, "{}"), sink)
	lines := probes(1, 20)
	filtered := func(from, to int64, left ...string) {
		b := &delivery.Batch{Input: delivery.NewInput("file"), First: from, Records: to - from}
		require.NoError(t, d.ConsumeLogs(delivery.NewContext(t.Context(), b), decoded(left...)))
	}
	filtered(0, 10, lines[:4]...)
	filtered(0, 10, lines[:4]...)
	require.Equal(t, int64(4), counted(d), "a wholly counted batch")
	filtered(5, 15, lines[4:9]...)
	require.Equal(t, int64(4), counted(d), "it is unknown which of the records were counted")
	filtered(15, 16, lines[9:10]...)
	require.Len(t, alertsIn(t, sink), 1)
}

func TestBatchThatAComponentInBetweenHasSplit(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, "{}"), sink)
	lines := probes(1, 10)
	for range 2 { // a receiver repeats the batch after a crash
		ctx := delivery.NewContext(t.Context(), &delivery.Batch{Input: delivery.NewInput("file"), Records: 10})
		require.NoError(t, d.ConsumeLogs(ctx, decoded(lines[:7]...)))
		require.NoError(t, d.ConsumeLogs(ctx, decoded(lines[7:]...)))
	}
	require.Len(t, alertsIn(t, sink), 1)
	require.Equal(t, int64(10), counted(d))
}

func TestBlocksOfLinesAreSkippedByLine(t *testing.T) {
	sink := new(consumertest.LogsSink)
	d := start(t, configOf(t, "{}"), sink)
	lines := probes(1, 10)
	send := func(from, to int) {
		b := &delivery.Batch{Input: delivery.NewInput("file"), First: int64(from), Records: int64(to - from)}
		require.NoError(t, d.ConsumeLogs(delivery.NewContext(t.Context(), b), inBlock(lines[from:to]...)))
	}
	send(0, 6)
	send(2, 9)
	require.Empty(t, alertsIn(t, sink))
	require.Equal(t, int64(4), counted(d))
	send(9, 10)
	require.Len(t, alertsIn(t, sink), 1)
}

func TestBatchIsConfirmedByTheNextCheckpoint(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	full := errors.New("disk full")
	disk := &flakyStorage{Extension: h.storage}
	h.storage = disk
	d := h.start()
	f := &feed{t: t, input: delivery.NewInput("file"), lines: probes(1, 10)}
	first := f.send(d, 0, 2)
	second := f.send(d, 2, 4)
	require.Len(t, first, 1)
	require.Equal(t, first, second)

	disk.reject.Store(&full)
	h.checkpoint(d)
	require.False(t, first[0].IsConfirmed(), "the checkpoint is not stored")
	disk.reject.Store(nil)
	h.checkpoint(d)
	require.True(t, first[0].IsConfirmed())

	third := f.send(d, 4, 6)
	require.False(t, third[0].IsConfirmed())
	require.NotEmpty(t, f.send(d, 0, 4), "the receiver of a repeated batch waits, too")
	require.NoError(t, d.Shutdown(t.Context()))
	require.True(t, third[0].IsConfirmed(), "by the checkpoint at shutdown")
}

func TestBatchWithoutStorageIsNotClaimed(t *testing.T) {
	d := start(t, configOf(t, "{}"), new(consumertest.LogsSink))
	require.Empty(t, (&feed{t: t, lines: probes(1, 2)}).send(d, 0, 2))
}

func TestReceiversThatWaitShareASave(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := newStorageHarness(t, dir, atOnce)
		d := h.start()
		f := &feed{t: t, input: delivery.NewInput("file"), lines: probes(1, 9)}
		begin := time.Now()
		var waits []time.Duration
		for n := range 3 {
			claim := f.send(d, n, n+1)[0]
			for range 5 {
				claim.SaveSoon()
			}
			<-claim.Confirmed()
			waits = append(waits, time.Since(begin))
		}
		require.Equal(t, []time.Duration{0, requestInterval, 2 * requestInterval}, waits)
		synctest.Wait()
		written, _, _ := counts(d)
		require.LessOrEqual(t, written, int64(4))
		require.NoError(t, d.Shutdown(t.Context()))
	})
}

// scan returns flows to n ports. external_port_scan alerts at twenty.
func scan(n int) (lines []string) {
	for port := range n {
		lines = append(lines, line("203.0.113.9", 50000, "10.0.4.1", 8000+port, port, "REJECT"))
	}
	return lines
}

func TestCrashBetweenCheckpointsForgetsNoWindow(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), "{}")
	d := h.start()
	f := &feed{t: t, input: delivery.NewInput("file"), lines: scan(38)}
	f.send(d, 0, 10)
	h.checkpoint(d)
	f.send(d, 10, 19)
	crash := h.crashed()
	require.NoError(t, d.Shutdown(t.Context()))

	d = crash.start()
	f.send(d, 10, 19) // the receiver has stored the confirmed position
	require.Empty(t, crash.rules())
	f.send(d, 19, 38)
	require.Equal(t, []string{"external_port_scan opened 203.0.113.9"}, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestCheckpointCountsRecordsWhosePositionTheReceiverHasNotStored(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), transfers)
	d := h.start()
	f := &feed{t: t, input: delivery.NewInput("file"), lines: transferLines(3)}
	f.send(d, 0, 2)
	h.checkpoint(d)
	crash := h.crashed()
	require.NoError(t, d.Shutdown(t.Context()))

	d = crash.start()
	f.send(d, 0, 2)
	require.Empty(t, crash.rules(), "two flows do not exceed the threshold")
	f.send(d, 2, 3)
	require.Len(t, crash.rules(), 1)
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestCrashForgetsNoYoungEpisode(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.start()
	later := line("10.0.0.9", 443, "10.0.0.8", 50000, 200_000, "ACCEPT") // a reply, which advances the watermark
	f := &feed{t: t, input: delivery.NewInput("file"), lines: append(probes(1, 10), later)}
	f.send(d, 0, 10)
	sent := alertsIn(t, &h.sink)
	require.Len(t, h.rules(), 1)
	crash := h.crashed(sent...)
	require.NoError(t, d.Shutdown(t.Context()))

	d = crash.start()
	f.send(d, 0, 11)
	all := alertsIn(t, &crash.sink)
	require.Equal(t, []string{"external_reject_sweep resolved 203.0.113.7"}, crash.rules())
	require.Equal(t, sent[0].UID, all[len(all)-1].UID)
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestFirstSeenAlertIsSentAgainIfTheCrashCameBefore(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.build()
	var crash *storageHarness
	next := &nextConsumer{during: func() { crash = h.crashed() }}
	d.queue.next = next
	require.NoError(t, d.Start(t.Context(), h))
	f := &feed{t: t, input: delivery.NewInput("file"), lines: []string{line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT")}}
	f.send(d, 0, 1)
	require.NoError(t, d.Shutdown(t.Context()))
	want := alertsIn(t, &next.LogsSink)
	require.Len(t, want, 1)

	d = crash.start()
	f.send(d, 0, 1)
	require.Equal(t, want, alertsIn(t, &crash.sink))
	require.NoError(t, d.Shutdown(t.Context()))
}

// TestRandomCrashesDoNotChangeTheAlerts kills the processor at random moments: between batches, in the middle of a save,
// and while alerts are sent. It restarts it with the same or another number of shards. The receiver sends the records
// after the last confirmed position again, in batches of other sizes.
func TestRandomCrashesDoNotChangeTheAlerts(t *testing.T) {
	lines := strings.SplitAfter(mixedTraffic(3), "\n")
	const settings = "emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}"
	undisturbed := newStorageHarness(t, t.TempDir(), "{"+settings+"}")
	d := undisturbed.start()
	(&feed{t: t, lines: lines}).send(d, 0, len(lines))
	require.NoError(t, d.Shutdown(t.Context()))
	want := statuses(alertsIn(t, &undisturbed.sink))
	require.Greater(t, len(want), 20)

	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 1))
		h := newStorageHarness(t, t.TempDir(), "{"+settings+"}")
		f := &feed{t: t, input: delivery.NewInput("file"), lines: lines}
		got := map[string]bool{}
		position, confirmed := 0, 0
		d := h.start()
		for position < len(lines) {
			next := min(position+1+random.IntN(400), len(lines))
			f.send(d, position, next)
			position = next
			switch random.IntN(6) {
			case 0:
				h.checkpoint(d)
				if random.IntN(3) > 0 { // else the receiver has not stored the position
					confirmed = position
				}
			case 1:
				maps.Copy(got, statuses(alertsIn(t, &h.sink)))
				crash := h.crashed()
				require.NoError(t, d.Shutdown(t.Context()))
				h = crash
				h.config = fmt.Sprintf("{shards: %d, %s}", 1+random.IntN(4), settings)
				d, position = h.start(), confirmed
			}
		}
		require.NoError(t, d.Shutdown(t.Context()))
		maps.Copy(got, statuses(alertsIn(t, &h.sink)))
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), "seed %d", seed)
	}
}

// statuses returns the set of alerts by uid and status, with the number of updates.
func statuses(alerts []*alert.Alert) map[string]bool {
	set := map[string]bool{}
	for _, a := range alerts {
		set[fmt.Sprintf("%s %s %s %d", a.UID, a.Status, a.Body, a.Time)] = true
	}
	return set
}
