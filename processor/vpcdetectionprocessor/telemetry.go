// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"maps"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// instruments are the processor's metrics. All are read from the engine's own counts when somebody asks.
type instruments struct {
	flows, packets, bytes, evidence, skipped, alerts, suppressed, evicted, evictedScopes, lost,
	checkpoints, unwritten, written metric.Int64ObservableCounter
	tracked, pending metric.Int64ObservableUpDownCounter
	lag              metric.Int64ObservableGauge

	listEntries, listAge               metric.Int64ObservableGauge
	listFailures, listMatches, ignored metric.Int64ObservableCounter
}

// measure has the metrics read for as long as the function that it returns is not called.
func (d *detection) measure() (stop func() error, err error) {
	meter := d.set.MeterProvider.Meter(scopeName)
	var wrong []error
	counter := func(name, unit, what string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(what))
		wrong = append(wrong, err)
		return c
	}
	// A number that falls, too. Those of several processors in one collector add up, where gauges would hide each other.
	level := func(name, unit, what string) metric.Int64ObservableUpDownCounter {
		l, err := meter.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(what))
		wrong = append(wrong, err)
		return l
	}
	gauge := func(name, unit, what string) metric.Int64ObservableGauge {
		g, err := meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(what))
		wrong = append(wrong, err)
		return g
	}
	i := &instruments{
		flows:         counter("vpc_flow.flows", "{flow}", "Flows evaluated."),
		packets:       counter("vpc_flow.packets", "{packet}", "Packets of the flows evaluated."),
		bytes:         counter("vpc_flow.bytes", "By", "Bytes of the flows evaluated."),
		evidence:      counter("vpc_flow.role_evidence", "{flow}", "Flows evaluated, by what told requests from replies."),
		skipped:       counter("vpc_flow.skipped", "{record}", "Records not evaluated, by reason."),
		alerts:        counter("vpc_flow.alerts", "{alert}", "Alerts emitted."),
		suppressed:    counter("vpc_flow.suppressed", "{flow}", "Flows about which a rule kept quiet, by reason."),
		evicted:       counter("vpc_flow.keys.evicted", "{key}", "Keys forgotten to stay within max_keys."),
		evictedScopes: counter("vpc_flow.scopes.evicted", "{scope}", "Scopes forgotten because there were too many."),
		lost:          counter("vpc_flow.alerts.lost", "{alert}", "Alerts that the next component refused for good or for too long."),
		checkpoints:   counter("vpc_flow.checkpoints", "{checkpoint}", "Times that changed state was written to the storage."),
		unwritten:     counter("vpc_flow.checkpoints.failed", "{checkpoint}", "Times that changed state could not be written and had to wait for the next."),
		written:       counter("vpc_flow.checkpoints.written", "By", "State written to the storage."),
		tracked:       level("vpc_flow.keys.tracked", "{key}", "Keys that a rule remembers."),
		pending:       level("vpc_flow.alerts.pending", "{alert}", "Alerts that wait for the next component to take them."),
		lag:           gauge("vpc_flow.watermark.lag", "s", "How far the newest flow of a scope lies behind the clock."),

		listEntries:  gauge("vpc_flow.threat_list.entries", "{entry}", "Entries of a threat list that are valid now."),
		listAge:      gauge("vpc_flow.threat_list.age", "s", "How long ago a threat list was fetched or found unchanged, or its file written."),
		listFailures: counter("vpc_flow.threat_list.failures", "{failure}", "New copies of a threat list that could not be had, or were not taken."),
		listMatches:  counter("vpc_flow.threat_list.matches", "{flow}", "Flows of which an address was found on a threat list."),
		ignored:      counter("vpc_flow.ignored", "{flow}", "Flows that an entry of an allowlist took from a rule, or once from all rules."),
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		d.report(o, i)
		return nil
	}, i.flows, i.packets, i.bytes, i.evidence, i.skipped, i.alerts, i.suppressed, i.evicted, i.evictedScopes, i.lost,
		i.checkpoints, i.unwritten, i.written, i.tracked, i.pending, i.lag,
		i.listEntries, i.listAge, i.listFailures, i.listMatches, i.ignored)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}

func (d *detection) report(o metric.Observer, i *instruments) {
	d.mu.Lock()
	stats := d.engine.Stats()
	for reason, n := range d.skipped {
		o.ObserveInt64(i.skipped, n, with("reason", reason))
	}
	o.ObserveInt64(i.checkpoints, d.state.written)
	o.ObserveInt64(i.unwritten, d.state.failed)
	o.ObserveInt64(i.written, d.state.bytes)
	d.mu.Unlock()

	for traffic, volume := range stats.Volumes {
		kind := with("class", traffic.Class.String(), "action", actionText(traffic), "role", traffic.Role.String())
		o.ObserveInt64(i.flows, volume.Flows, kind)
		o.ObserveInt64(i.packets, int64(volume.Packets), kind)
		o.ObserveInt64(i.bytes, int64(volume.Bytes), kind)
	}
	for what, n := range stats.Evidence {
		o.ObserveInt64(i.evidence, n, with("evidence", string(what)))
	}
	for _, rule := range stats.Rules {
		i.reportRule(o, &rule)
	}
	i.reportLists(o, d.threats, stats.Matches, d.now())
	for entry, n := range stats.Ignored {
		o.ObserveInt64(i.ignored, n, with("entry", entry))
	}
	now := d.now().Unix()
	for scope, watermark := range stats.Watermarks {
		o.ObserveInt64(i.lag, now-watermark, with("scope", scope))
	}
	o.ObserveInt64(i.evictedScopes, stats.EvictedScopes)
	waiting, lost := d.outbox.counts()
	o.ObserveInt64(i.pending, waiting)
	o.ObserveInt64(i.lost, lost)
}

func (i *instruments) reportRule(o metric.Observer, rule *detect.RuleStats) {
	// A series that begins at one hides its first alert from whoever looks for an increase.
	alerts := map[detect.AlertKind]int64{}
	for _, severity := range alert.Severities {
		alerts[detect.AlertKind{Severity: severity, Status: alert.Opened}] = 0
	}
	maps.Copy(alerts, rule.Alerts)
	for kind, n := range alerts {
		o.ObserveInt64(i.alerts, n, with("rule", rule.Rule, "severity", kind.Severity.String(), "status", string(kind.Status)))
	}
	for reason, n := range rule.Suppressed {
		o.ObserveInt64(i.suppressed, n, with("rule", rule.Rule, "reason", detect.Suppression(reason).String()))
	}
	o.ObserveInt64(i.tracked, int64(rule.Tracked), with("rule", rule.Rule))
	o.ObserveInt64(i.evicted, rule.Evicted, with("rule", rule.Rule))
}

func (i *instruments) reportLists(o metric.Observer, lists *threats, matches map[string]int64, now time.Time) {
	for _, list := range lists.feeds {
		name := with("list", list.Name)
		o.ObserveInt64(i.listEntries, int64(len(list.Active())), name)
		o.ObserveInt64(i.listFailures, list.Failures(), name)
		o.ObserveInt64(i.listMatches, matches[list.Name], name)
		if had := list.Version().Time; !had.IsZero() {
			o.ObserveInt64(i.listAge, int64(now.Sub(had)/time.Second), name)
		}
	}
}

// with makes attributes of names and values in turn.
func with(pairs ...string) metric.MeasurementOption {
	attributes := make([]attribute.KeyValue, 0, len(pairs)/2)
	for n := 0; n < len(pairs); n += 2 {
		attributes = append(attributes, attribute.String(pairs[n], pairs[n+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(attributes...))
}

func actionText(t detect.Traffic) string {
	if t.Action == 0 {
		return "none"
	}
	return t.Action.String()
}
