// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

// fromPartition returns the context of a message, as the kafka receiver sets it.
func fromPartition(ctx context.Context, number, offset int) context.Context {
	return client.NewContext(ctx, client.Info{Metadata: client.NewMetadata(map[string][]string{
		topicMetadata: {"flows"}, partitionMetadata: {strconv.Itoa(number)}, offsetMetadata: {strconv.Itoa(offset)},
	})})
}

func TestEachPartitionHasAnEngine(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), "{}")
	d := h.start()
	lines := probes(1, 10)
	for i, l := range lines { // 5 probes in each partition
		require.NoError(t, d.ConsumeLogs(fromPartition(t.Context(), i%2, i), decoded(l)))
	}
	require.Empty(t, h.rules())
	s := d.snapshot()
	require.Len(t, s.partitions, 2)
	require.Equal(t, partitionID{"flows", 1}, s.partitions[1].partitionID)
	require.Equal(t, int64(9), s.partitions[1].saved, "without a position, each call is saved")
	require.Equal(t, int64(5), s.partitions[1].flows)
	require.Equal(t, int64(10), s.stats.Flows())
	require.NoError(t, d.Shutdown(t.Context()))

	h = h.crashed()
	d = h.start()
	require.NoError(t, d.ConsumeLogs(fromPartition(t.Context(), 1, 10), decoded(probes(11, 15)...)))
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, h.rules(), "5 probes before, and 5 after the restart")
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestAssignedPartitionIsSavedWhenItIsReleased(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), "{}")
	d := h.start()
	input := delivery.NewInput("flows/3")
	assign := func() (*delivery.Partition, context.Context) {
		p := delivery.NewPartition("flows", 3, input, func() {})
		ctx := delivery.NewPartitionContext(t.Context(), p)
		require.NoError(t, d.ConsumeLogs(ctx, plog.NewLogs()))
		return p, ctx
	}
	send := func(ctx context.Context, from, to int) {
		t.Helper()
		b := &delivery.Batch{Input: input, First: int64(from), Records: int64(to - from)}
		require.NoError(t, d.ConsumeLogs(delivery.NewContext(ctx, b), decoded(probes(from+1, to)...)))
	}
	p, ctx := assign()
	require.Zero(t, p.Counted(), "the state is new")
	send(ctx, 0, 5)
	require.NoError(t, p.Release(t.Context(), true))
	require.Empty(t, d.snapshot().partitions)
	s := d.snapshot()
	require.Equal(t, int64(5), s.stats.Flows(), "counters remain")

	p, ctx = assign()
	require.Equal(t, int64(5), p.Counted())
	send(ctx, 5, 9)
	require.NoError(t, p.Release(t.Context(), false))

	p, ctx = assign()
	require.Equal(t, int64(5), p.Counted(), "what was not saved is read again")
	require.Empty(t, h.rules())
	send(ctx, 5, 10)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, h.rules())
	require.NoError(t, d.Shutdown(t.Context()))
	require.NoError(t, p.Release(t.Context(), true), "it is closed already")
}

func TestRevokedPartitionIsNotOpened(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), "{}")
	d := h.start()
	p := delivery.NewPartition("flows", 3, delivery.NewInput("flows/3"), func() {})
	require.NoError(t, p.Release(t.Context(), true))
	require.ErrorContains(t, d.ConsumeLogs(delivery.NewPartitionContext(t.Context(), p), plog.NewLogs()), "partition flows-3: it was revoked meanwhile")
	require.Empty(t, d.snapshot().partitions)
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestMemoryIsDividedByUse(t *testing.T) {
	for name, test := range map[string]struct{ used, want []int64 }{
		"all is free":                {[]int64{0, 0}, []int64{500, 500}},
		"one needs more than others": {[]int64{400, 40, 40}, []int64{633, 183, 183}},
		"one gets what others leave": {[]int64{2000, 40, 40}, []int64{900, 50, 50}},
		"all need more":              {[]int64{2000, 900}, []int64{500, 500}},
	} {
		limits := memoryShares(1000, test.used)
		require.Equal(t, test.want, limits, name)
	}
}

func TestMemoryLimitHoldsForAllPartitions(t *testing.T) {
	d := start(t, configOf(t, "{max_state_mib: 100}"), new(nextConsumer))
	for number := range 3 {
		require.NoError(t, d.ConsumeLogs(fromPartition(t.Context(), number, 0), decoded(probes(1, 3)...)))
	}
	d.partitions.shareMemory()
	limit := d.snapshot().stats.MemoryLimit
	require.InDelta(t, 100<<20, limit, 4)
	require.LessOrEqual(t, limit, int64(100<<20))
}
