// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"time"

	"go.opentelemetry.io/collector/config/configretry"
)

// retryLimit decides when a queue gives up on the alerts that it sends. The exporter helper would also give up during a
// shutdown, and would then drop stored alerts.
type retryLimit struct {
	configretry.BackOffConfig
	now   func() time.Time
	since time.Time // of the first of consecutive failures; zero after a success
}

// unlimited returns the configuration of retries without a limit, for the exporter helper.
func (l *retryLimit) unlimited() configretry.BackOffConfig {
	c := l.BackOffConfig
	c.Enabled, c.MaxElapsedTime = true, 0
	return c
}

// failed records a failure that could be retried. It reports whether the limit is reached.
func (l *retryLimit) failed() bool {
	now := l.now()
	if l.since.IsZero() {
		l.since = now
	}
	return !l.Enabled || l.MaxElapsedTime > 0 && now.Sub(l.since) >= l.MaxElapsedTime
}

// succeeded records that the next failure is the first one of other alerts.
func (l *retryLimit) succeeded() { l.since = time.Time{} }
