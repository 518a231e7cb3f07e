// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package samplelog

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func TestOneMessagePerIntervalCountsAllEvents(t *testing.T) {
	for name, sampler := range map[string]*Sampler{
		"default interval": {},
		"own interval":     {Interval: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			interval := sampler.interval()
			for _, step := range []struct {
				after  time.Duration
				n      int64
				events int64
				ok     bool
			}{
				{0, 1, 1, true},
				{0, 2, 0, false},
				{interval - 1, 3, 0, false},
				{interval, 4, 9, true},
				{2*interval - 1, 5, 0, false},
				{3 * interval, 1, 6, true},
			} {
				events, ok := sampler.Allow(start.Add(step.after), step.n)
				assert.Equal(t, step.ok, ok, step.after)
				assert.Equal(t, step.events, events, step.after)
			}
		})
	}
	assert.Equal(t, 10*time.Second, new(Sampler).interval())
}

func TestConcurrentEventsAreAllCounted(t *testing.T) {
	var sampler Sampler
	sampler.Allow(start, 0)
	var running sync.WaitGroup
	for range 10 {
		running.Go(func() {
			for range 100 {
				sampler.Allow(start.Add(time.Second), 1)
			}
		})
	}
	running.Wait()
	events, ok := sampler.Allow(start.Add(time.Minute), 0)
	assert.True(t, ok)
	assert.EqualValues(t, 1000, events)
}
