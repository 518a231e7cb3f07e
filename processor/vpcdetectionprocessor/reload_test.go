// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachPollIsCalledAtItsOwnTicksUntilTheEnd(t *testing.T) {
	var ticks []chan time.Time
	var stopped atomic.Int64
	newTicks := func() (<-chan time.Time, func()) {
		ticks = append(ticks, make(chan time.Time))
		return ticks[len(ticks)-1], func() { stopped.Add(1) }
	}
	polled, hangs := make(chan string), make(chan struct{})
	stop := watch([]reload{
		func(context.Context) { polled <- "quick" },
		func(ctx context.Context) {
			close(hangs)
			<-ctx.Done()
		},
	}, newTicks)
	ticks[1] <- time.Time{}
	<-hangs
	for range 3 {
		ticks[0] <- time.Time{}
		assert.Equal(t, "quick", <-polled, "although the other hangs")
	}
	require.NoError(t, stop())
	assert.EqualValues(t, 2, stopped.Load())
}
