// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"io"
	"os"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/periodic"
)

// system holds the functions of the operating system that the exporter uses. Tests replace them.
type system struct {
	now    func() time.Time
	ticker periodic.Ticker
	stdout io.Writer
	// throttleWait is how long to wait after an integration has limited the rate.
	throttleWait time.Duration
	// shutdownTimeout is how long the destinations may continue to send at shutdown.
	shutdownTimeout time.Duration
}

func realSystem() system {
	return system{
		now: time.Now, ticker: periodic.SystemTicker, stdout: os.Stdout,
		throttleWait: 30 * time.Second, shutdownTimeout: 2 * time.Second,
	}
}
