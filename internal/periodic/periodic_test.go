// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package periodic

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestJobRunsOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		job := Start(10*time.Second, func(context.Context) { calls.Add(1) })
		for want, after := range []time.Duration{10*time.Second - 1, 1, 10 * time.Second} {
			<-time.After(after)
			synctest.Wait()
			assert.EqualValues(t, want, calls.Load())
		}
		job.Stop()
		<-time.After(time.Minute)
		assert.EqualValues(t, 2, calls.Load(), "no call after Stop")
	})
}

func TestStopCancelsTheJobAndWaitsForIt(t *testing.T) {
	ticks, started := make(chan time.Time), make(chan struct{})
	var returned, stopped bool
	job := StartWith(func(interval time.Duration) (<-chan time.Time, func()) {
		assert.Equal(t, time.Minute, interval)
		return ticks, func() { stopped = true }
	}, time.Minute, func(ctx context.Context) {
		close(started)
		<-ctx.Done()
		returned = true
	})
	ticks <- time.Time{}
	<-started
	job.Stop()
	assert.True(t, returned)
	assert.True(t, stopped, "the ticker is stopped")
	job.Stop()
}

func TestNoCallAfterStopWhileTicksWait(t *testing.T) {
	for range 100 { // select chooses at random
		ticks := make(chan time.Time, 1)
		job := StartWith(func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }, time.Minute, func(ctx context.Context) {
			assert.NoError(t, ctx.Err())
		})
		job.cancel()
		ticks <- time.Time{}
		job.Stop()
	}
}

func TestJobThatWasNeverStartedCanBeStopped(*testing.T) {
	var job *Job
	job.Stop()
}
