// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// reloadInterval is the interval at which files are checked for changes.
const reloadInterval = 10 * time.Second

// reload checks a file or URL for changes and applies them.
type reload func(context.Context)

// startReloads calls each function periodically, until the returned function is called.
func startReloads(reloads []reload) (stop func()) {
	return startReloadsWith(periodic.SystemTicker, reloads)
}

// startReloadsWith is startReloads with another ticker. Each function has a job of its own, so that a slow server delays
// no other reload.
func startReloadsWith(newTicker periodic.Ticker, reloads []reload) (stop func()) {
	jobs := make([]*periodic.Job, len(reloads))
	for i, reload := range reloads {
		jobs[i] = periodic.StartWith(newTicker, reloadInterval, reload)
	}
	return func() {
		for _, job := range jobs {
			job.Stop()
		}
	}
}
