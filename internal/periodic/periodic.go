// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package periodic runs a job at regular intervals in a goroutine of its own.
package periodic

import (
	"context"
	"sync"
	"time"
)

// Ticker starts a ticker. It returns the channel of ticks and a function that stops it. Tests pass their own.
type Ticker func(interval time.Duration) (ticks <-chan time.Time, stop func())

// SystemTicker is the Ticker of the system's clock. The interval must be positive.
func SystemTicker(interval time.Duration) (ticks <-chan time.Time, stop func()) {
	ticker := time.NewTicker(interval)
	return ticker.C, ticker.Stop
}

// Job is a job that runs until it is stopped.
type Job struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Start runs the job once per interval of the system's clock, the first time after one interval.
func Start(interval time.Duration, job func(context.Context)) *Job {
	return StartWith(SystemTicker, interval, job)
}

// StartWith is like Start with a ticker of the caller. It calls the ticker before it returns.
//
// Calls of the job never overlap: a tick during a call is skipped or delayed, as the ticker decides. Stop cancels the
// context of the job.
func StartWith(newTicks Ticker, interval time.Duration, job func(context.Context)) *Job {
	ctx, cancel := context.WithCancel(context.Background())
	ticks, stopTicks := newTicks(interval)
	j := &Job{cancel: cancel}
	j.running.Go(func() {
		defer stopTicks()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks:
				if ctx.Err() != nil {
					return
				}
				job(ctx)
			}
		}
	})
	return j
}

// Stop cancels the context of the job and waits until the job has returned. Calling Stop on a nil Job, or more than
// once, does nothing.
func (j *Job) Stop() {
	if j == nil {
		return
	}
	j.cancel()
	j.running.Wait()
}
