// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestReloadThatBlocksDelaysNoOther(t *testing.T) {
	var ticks []chan time.Time
	var stopped atomic.Int64
	newTicker := func(interval time.Duration) (<-chan time.Time, func()) {
		assert.Equal(t, reloadInterval, interval)
		ticks = append(ticks, make(chan time.Time))
		return ticks[len(ticks)-1], func() { stopped.Add(1) }
	}
	reloaded, blocked := make(chan string), make(chan struct{})
	stop := startReloadsWith(newTicker, []reload{
		func(context.Context) { reloaded <- "quick" },
		func(ctx context.Context) {
			close(blocked)
			<-ctx.Done()
		},
	})
	ticks[1] <- time.Time{}
	<-blocked
	for range 3 {
		ticks[0] <- time.Time{}
		assert.Equal(t, "quick", <-reloaded)
	}
	stop()
	assert.EqualValues(t, 2, stopped.Load())
}
