// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// surroundings are what the exporter has from the system that it runs on.
type surroundings struct {
	now    func() time.Time
	ticker func(time.Duration) (ticks <-chan time.Time, stop func())
	stdout io.Writer
	// throttled is how long a destination that has had too much is left alone, at least. None of Alertmanager's
	// integrations hands on what the answer says of it.
	throttled time.Duration
}

func system() surroundings {
	return surroundings{
		now: time.Now,
		ticker: func(interval time.Duration) (<-chan time.Time, func()) {
			ticker := time.NewTicker(interval)
			return ticker.C, ticker.Stop
		},
		stdout:    os.Stdout,
		throttled: 30 * time.Second,
	}
}

// notifier hands each alert that is to be told to each destination, which has a queue of its own: one that is down
// holds up no other.
type notifier struct {
	route        route
	console      *console
	destinations []*destination
	telemetry    *telemetry
	unregister   func() error
}

func newNotifier(ctx context.Context, set exporter.Settings, cfg *Config, sys surroundings) (*notifier, error) {
	t, err := newTelemetry(set.MeterProvider.Meter(scopeName))
	if err != nil {
		return nil, err
	}
	n := &notifier{route: newRoute(cfg), telemetry: t}
	if cfg.Console {
		n.console = &console{to: sys.stdout}
	}
	tellers, err := tellersOf(set, cfg, sys, t)
	if err != nil {
		return nil, err
	}
	for _, each := range tellers {
		d, err := newDestination(ctx, set, cfg, sys, each)
		if err != nil {
			return nil, err
		}
		n.destinations = append(n.destinations, d)
	}
	return n, nil
}

// Capabilities says that the logs are left as they are: each destination gets a copy.
func (*notifier) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start opens the destinations. When one cannot be opened, those before it are closed again.
func (n *notifier) Start(ctx context.Context, host component.Host) (err error) {
	if n.unregister, err = n.telemetry.observe(n.destinations); err != nil {
		return err
	}
	for _, d := range n.destinations {
		if err := d.Start(ctx, host); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", d.name, err), n.Shutdown(ctx))
		}
	}
	return nil
}

// Shutdown closes the destinations, after what has been gathered so far has been told or stored.
func (n *notifier) Shutdown(ctx context.Context) error {
	var wrong []error
	for _, d := range n.destinations {
		wrong = append(wrong, d.Shutdown(ctx))
	}
	if n.unregister != nil {
		wrong = append(wrong, n.unregister())
		n.unregister = nil
	}
	return errors.Join(wrong...)
}

// ConsumeLogs queues the alerts among the logs for each destination. When a queue is full, all may come again: what has
// been told is not told twice.
func (n *notifier) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	alerts := n.route.choose(ctx, logs, n.telemetry)
	if len(alerts) == 0 {
		return nil
	}
	var wrong []error
	for _, d := range n.destinations {
		if err := d.ConsumeLogs(ctx, toLogs(alerts)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", d.name, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	if n.console == nil {
		return nil
	}
	return n.console.show(alerts)
}

func toLogs(alerts []*alert.Alert) plog.Logs {
	logs := plog.NewLogs()
	alertotlp.Append(logs, scopeName, "", alerts)
	return logs
}
