// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"sync"
	"time"
)

// reload looks whether something has changed, and sees to it.
type reload func(context.Context)

// watchEveryTenSeconds calls each poll so often that a file that has changed is seen soon.
func watchEveryTenSeconds(polls []reload) (stop func() error) {
	return watch(polls, func() (<-chan time.Time, func()) {
		ticker := time.NewTicker(10 * time.Second)
		return ticker.C, ticker.Stop
	})
}

// watch calls each poll at every tick, by a goroutine of its own. The function that it returns ends them, also one that
// waits for a server.
func watch(polls []reload, newTicks func() (ticks <-chan time.Time, stop func())) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, reload := range polls {
		ticks, end := newTicks()
		running.Go(func() {
			defer end()
			for {
				select {
				case <-ctx.Done():
					return
				case <-ticks:
					reload(ctx)
				}
			}
		})
	}
	return func() error {
		cancel()
		running.Wait()
		return nil
	}
}
