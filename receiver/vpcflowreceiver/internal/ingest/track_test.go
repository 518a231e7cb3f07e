// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// tracked is an input that grows by lines, and whose positions are stored.
type tracked struct {
	t      *testing.T
	reader *ingest.Reader
	in     *ingest.Input
	// stored are the numbers of records at the stored positions.
	stored []int64
	fails  error
}

func track(t *testing.T, in *ingest.Ingester) *tracked {
	tr := &tracked{t: t, reader: ingest.NewReader(in)}
	store := func(_ context.Context, p ingest.Progress) error {
		if tr.fails != nil {
			return tr.fails
		}
		tr.stored = append(tr.stored, p.(*ingest.Checkpoint).Records)
		return nil
	}
	tr.in = &ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint), Track: in.NewTrack(in.InputID("test", "a"), 0, store)}
	tr.reader.DelaySave()
	return tr
}

// read reads n lines and saves.
func (tr *tracked) read(n int) (confirmed <-chan struct{}) {
	tr.t.Helper()
	require.NoError(tr.t, tr.reader.ReadText(tr.t.Context(), tr.in, strings.NewReader(ingesttest.Lines(1, n))))
	return tr.reader.Save(tr.t.Context(), tr.in)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// inBubble runs a test with a clock that does not advance by itself, so that only Save saves.
func inBubble(t *testing.T, test func(t *testing.T, h *ingesttest.Harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, ingesttest.NewHarness(t)) })
}

func TestPositionIsStoredWhenItIsConfirmed(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		in := h.NewIngester()
		tr := track(t, in)
		first := tr.read(5)
		second := tr.read(2)
		synctest.Wait()
		require.Empty(t, tr.stored)
		require.False(t, isClosed(first))
		keeper.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{7}, tr.stored, "only the newest")
		require.True(t, isClosed(first))
		require.True(t, isClosed(second))

		third := tr.read(1)
		require.False(t, isClosed(third))
		require.False(t, isClosed(tr.in.Track.Confirmed()))
		keeper.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{7, 8}, tr.stored)
		require.True(t, isClosed(tr.in.Track.Confirmed()))
		in.Close()
	})
}

func TestPositionIsStoredAtOnceWithoutClaims(t *testing.T) {
	tr := track(t, ingesttest.NewHarness(t).NewIngester())
	require.True(t, isClosed(tr.read(3)))
	require.True(t, isClosed(tr.read(4)))
	require.Equal(t, []int64{3, 7}, tr.stored)
}

func TestPositionIsStoredWhenAllConsumersHaveConfirmedIt(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		one, other := delivery.NewClaimant(nil), delivery.NewClaimant(nil)
		h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			one.Claim(delivery.FromContext(ctx))
			other.Claim(delivery.FromContext(ctx))
			return h.Sink.ConsumeLogs(ctx, logs)
		})
		in := h.NewIngester()
		tr := track(t, in)
		tr.read(5)
		one.Confirm()
		tr.read(1)
		synctest.Wait()
		require.Empty(t, tr.stored)
		other.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{5}, tr.stored, "the second position waits for the first consumer")
		one.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{5, 6}, tr.stored)
		in.Close()
	})
}

// One consumer confirms often, the other one cannot save.
func TestWaitingPositionsAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		often, stuck := delivery.NewClaimant(nil), delivery.NewClaimant(nil)
		h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			often.Claim(delivery.FromContext(ctx))
			stuck.Claim(delivery.FromContext(ctx))
			return h.Sink.ConsumeLogs(ctx, logs)
		})
		in := h.NewIngester()
		tr := track(t, in)
		var all []<-chan struct{}
		for range 100 {
			all = append(all, tr.read(1))
			often.Confirm()
		}
		last := tr.read(1)
		synctest.Wait()
		require.Empty(t, tr.stored)
		stuck.Confirm()
		synctest.Wait()
		require.LessOrEqual(t, tr.stored[0], int64(100))
		for _, confirmed := range all[:10] {
			require.True(t, isClosed(confirmed))
		}
		require.False(t, isClosed(last))
		often.Confirm()
		synctest.Wait()
		require.Equal(t, int64(101), tr.stored[len(tr.stored)-1])
		require.True(t, isClosed(last))
		in.Close()
	})
}

func TestBatchThatOneConsumerRefusesIsRepeatedWithItsPosition(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		claims, calls := h.Next, 0
		h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			if err := claims.ConsumeLogs(ctx, logs); err != nil {
				return err
			}
			if calls++; calls <= 2 {
				return errors.New("another consumer is busy")
			}
			return nil
		})
		in := h.NewIngester()
		tr := track(t, in)
		tr.read(5)
		tr.read(2)
		first := ingesttest.Position{Input: in.InputID("test", "a"), Records: 5, Counted: 5}
		second := ingesttest.Position{Input: first.Input, First: 5, Records: 2, Counted: 2}
		require.Equal(t, []ingesttest.Position{first, first, first, second}, keeper.Positions())
		require.Empty(t, tr.stored)
		in.Close()
	})
}

// The batch was dropped, but a consumer with state may have counted it.
func TestPositionAfterADroppedBatchWaitsForItsClaim(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		claims := h.Next
		h.Config.Retry.Enabled = false
		h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			return errors.Join(claims.ConsumeLogs(ctx, logs), errors.New("another consumer is busy"))
		})
		in := h.NewIngester()
		tr := track(t, in)
		tr.read(5)
		require.Empty(t, tr.stored)
		keeper.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{5}, tr.stored)
		in.Close()
	})
}

func TestFlushAsksForASaveAndWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		keeper.ConfirmWhenAsked()
		in := h.NewIngester()
		tr := track(t, in)
		tr.read(5)
		in.Flush(t.Context())
		require.Equal(t, []int64{5}, tr.stored)
		require.Equal(t, int64(1), keeper.Requested.Load())
		in.Close()
	})
}

func TestFlushGivesUpAfterAWhile(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		in := h.NewIngester()
		tr := track(t, in)
		tr.read(5)
		begin := time.Now()
		for range 3 { // three sources
			in.Flush(t.Context())
		}
		require.Equal(t, 3*time.Second, time.Since(begin))
		in.Close()
		keeper.Confirm()
		synctest.Wait()
		require.Empty(t, tr.stored, "the storage may be closed")
	})
}

func TestPositionThatCannotBeStoredCountsAsConfirmed(t *testing.T) {
	inBubble(t, func(t *testing.T, h *ingesttest.Harness) {
		keeper := h.Keep()
		in := h.NewIngester()
		tr := track(t, in)
		tr.fails = errors.New("disk full")
		confirmed := tr.read(5)
		keeper.Confirm()
		synctest.Wait()
		require.True(t, isClosed(confirmed))
		require.Equal(t, 1, h.Logs.FilterMessage("fail to save checkpoint; will be retried").Len())
		tr.fails = nil
		tr.read(1)
		keeper.Confirm()
		synctest.Wait()
		require.Equal(t, []int64{6}, tr.stored)
		in.Close()
	})
}

// The positions of batches must count the records that a consumer sees, whatever they contain.
func TestPositionsCountTheRecordsOfTheBatches(t *testing.T) {
	bad, blank := "bad\n", "\n"
	text := ingesttest.Lines(1, 700) + bad + blank + ingesttest.ShortHeader + ingesttest.ShortLines(1, 400) + bad + ingesttest.ShortLines(1, 900)
	for name, content := range map[string]string{
		"text":      text,
		"gzip":      ingesttest.Gzip(t, text),
		"documents": ingesttest.CloudWatch(t, "1", ingesttest.Lines(1, 800)+bad) + "\n" + ingesttest.ControlMessage + "\n" + ingesttest.CloudWatch(t, "2", ingesttest.Lines(1, 500)),
		"parquet":   ingesttest.ParquetRows(t, 1, 750),
	} {
		for _, emit := range []otlp.Emit{otlp.EmitAttributes, otlp.EmitLines, otlp.EmitBlocks} {
			t.Run(fmt.Sprint(name, emit), func(t *testing.T) {
				h := ingesttest.NewHarness(t)
				h.Config.Emit, h.Config.MaxBatchSize = emit, 100
				keeper := h.Keep()
				in := h.NewIngester()
				defer in.Close()
				tr := track(t, in)
				if name == "parquet" {
					rows, err := ingest.OpenParquet(strings.NewReader(content), int64(len(content)))
					require.NoError(t, err)
					require.NoError(t, tr.reader.ReadParquet(t.Context(), tr.in, rows))
				} else {
					require.NoError(t, tr.reader.ReadStream(t.Context(), tr.in, strings.NewReader(content)))
				}
				next := int64(0)
				for _, p := range keeper.Positions() {
					assert.Equal(t, p.Records, p.Counted)
					assert.Equal(t, next, p.First)
					next = p.First + p.Counted
				}
				assert.Equal(t, next, tr.in.Checkpoint.Records)
				assert.Greater(t, len(keeper.Positions()), 7)
			})
		}
	}
}
