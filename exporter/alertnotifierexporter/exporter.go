// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/integration"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
)

// notifier sends each selected alert to all destinations. Each destination has its own queue, so that an unavailable
// destination does not delay the others.
type notifier struct {
	route        route
	console      *console
	destinations []*destination
	telemetry    *telemetry
	unregister   func() error
}

func newNotifier(ctx context.Context, set exporter.Settings, cfg *Config, sys system) (*notifier, error) {
	t, err := newTelemetry(set.MeterProvider.Meter(scopeName))
	if err != nil {
		return nil, err
	}
	n := &notifier{route: newRoute(cfg), telemetry: t}
	if cfg.Console {
		n.console = &console{out: sys.stdout}
	}
	if n.destinations, err = newDestinations(ctx, set, cfg, sys, t); err != nil {
		return nil, err
	}
	return n, nil
}

// checkFiles returns an error for each file with a secret or a certificate that cannot be read. It runs when the exporter
// is created, so that the Collector's validate command runs it, too.
func (n *notifier) checkFiles() error {
	var errs []error
	for _, d := range n.destinations {
		if to, ok := d.sender.(*integration.Integration); ok {
			errs = append(errs, to.CheckFiles())
		}
	}
	return errors.Join(errs...)
}

// Capabilities reports that the exporter does not change the logs.
func (*notifier) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start starts the destinations. If one fails, it shuts down the others.
func (n *notifier) Start(ctx context.Context, host component.Host) (err error) {
	n.telemetry.health.SetHost(host)
	logs := map[string]*notificationlog.Log{}
	for _, d := range n.destinations {
		logs[d.name] = d.log
	}
	if n.unregister, err = n.telemetry.observe(logs); err != nil {
		return err
	}
	for _, d := range n.destinations {
		if err := d.Start(ctx, host); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", d.name, err), n.Shutdown(ctx))
		}
	}
	return nil
}

// Shutdown shuts down the destinations concurrently. Their queues are sent or remain in the storage.
func (n *notifier) Shutdown(ctx context.Context) error {
	errs := make([]error, len(n.destinations)+1)
	var all sync.WaitGroup
	for i, d := range n.destinations {
		all.Go(func() { errs[i] = d.Shutdown(ctx) })
	}
	all.Wait()
	if n.unregister != nil {
		errs[len(n.destinations)] = n.unregister()
		n.unregister = nil
	}
	return errors.Join(errs...)
}

// ConsumeLogs queues the selected alerts for each destination. After an error the caller may send the same logs again:
// the notification logs prevent duplicate notifications.
func (n *notifier) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	alerts := n.route.selectAlerts(ctx, logs, n.telemetry)
	if len(alerts) == 0 {
		return nil
	}
	var errs []error
	for _, d := range n.destinations {
		if err := d.entrance.add(ctx, alerts); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", d.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, d := range n.destinations {
		d.entrance.done()
	}
	if n.console == nil {
		return nil
	}
	return n.console.write(alerts)
}
