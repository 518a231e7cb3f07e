// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// instruments are the processor's metrics.
type instruments struct {
	flows, packets, bytes, evidence, skipped, alerts, suppressed, evicted, evictedScopes, evictedGateways, evictedHosts, evictedInterfaces, lost,
	checkpoints, failedCheckpoints, checkpointBytes metric.Int64ObservableCounter
	tracked, gateways, hosts, pending, memory, memoryLimit metric.Int64ObservableUpDownCounter
	lag, untimely                                          metric.Int64ObservableGauge

	attempts, evictedAnswers                           metric.Int64ObservableCounter
	waitingAttempts, answers                           metric.Int64ObservableUpDownCounter
	listEntries, listAge, names, badNames, silentInput metric.Int64ObservableGauge
	listFailures, listMatches, ignored                 metric.Int64ObservableCounter

	fenced, partitionFlows         metric.Int64ObservableCounter
	partitionKeys, partitionMemory metric.Int64ObservableUpDownCounter
	partitionOffset, restoreTime   metric.Int64ObservableGauge
}

// registerMetrics registers the metrics. Their values come from a snapshot at each collection. The returned function
// unregisters them.
func registerMetrics(provider metric.MeterProvider, read func() snapshot) (unregister func() error, err error) {
	meter := provider.Meter(scopeName)
	var errs []error
	counter := func(name, unit, description string) metric.Int64ObservableCounter {
		c, err := meter.Int64ObservableCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	// Up-down counters of several processors in one collector add up. Gauges would not.
	upDownCounter := func(name, unit, description string) metric.Int64ObservableUpDownCounter {
		c, err := meter.Int64ObservableUpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return c
	}
	gauge := func(name, unit, description string) metric.Int64ObservableGauge {
		g, err := meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(description))
		errs = append(errs, err)
		return g
	}
	i := &instruments{
		flows:             counter("vpc_flow.flows", "{flow}", "Flows evaluated."),
		packets:           counter("vpc_flow.packets", "{packet}", "Packets of the flows evaluated."),
		bytes:             counter("vpc_flow.bytes", "By", "Bytes of the flows evaluated."),
		evidence:          counter("vpc_flow.role_evidence", "{flow}", "Flows evaluated, by what distinguished requests from replies."),
		skipped:           counter("vpc_flow.skipped", "{record}", "Records not evaluated, by reason."),
		alerts:            counter("vpc_flow.alerts", "{alert}", "Alerts of the rules. Those of a rule with dry_run are emitted only with emit_dry_run."),
		suppressed:        counter("vpc_flow.suppressed", "{flow}", "Flows for which a rule did not alert, by reason."),
		evicted:           counter("vpc_flow.keys.evicted", "{key}", "Keys evicted to stay within max_keys or max_state_mib."),
		evictedScopes:     counter("vpc_flow.scopes.evicted", "{scope}", "Scopes evicted because there were too many."),
		evictedGateways:   counter("vpc_flow.gateways.evicted", "{address}", "Gateway addresses evicted because there were too many."),
		evictedHosts:      counter("vpc_flow.hosts.evicted", "{address}", "Addresses evicted to stay within max_hosts or max_state_mib."),
		evictedInterfaces: counter("vpc_flow.interfaces.evicted", "{interface}", "Interfaces evicted to stay within max_hosts or max_state_mib."),
		lost:              counter("vpc_flow.alerts.lost", "{alert}", "Alerts that the next component rejected permanently or for too long."),
		checkpoints:       counter("vpc_flow.checkpoints", "{checkpoint}", "Successful saves of the state to the storage."),
		failedCheckpoints: counter("vpc_flow.checkpoints.failed", "{checkpoint}", "Failed saves of the state, which are retried."),
		checkpointBytes:   counter("vpc_flow.checkpoints.written", "By", "Bytes of state written to the storage."),
		tracked:           upDownCounter("vpc_flow.keys.tracked", "{key}", "Keys in the state of a rule."),
		gateways:          upDownCounter("vpc_flow.gateways.tracked", "{address}", "Own addresses of gateways. Their Internet traffic is not evaluated."),
		hosts:             upDownCounter("vpc_flow.hosts.tracked", "{address}", "Internal addresses in the inventory."),
		pending:           upDownCounter("vpc_flow.alerts.pending", "{alert}", "Alerts waiting for the next component to accept them."),
		memory:            upDownCounter("vpc_flow.state.memory", "By", "Memory of the state: of a rule, attempts, answers, inventory or gateways."),
		memoryLimit:       upDownCounter("vpc_flow.state.memory.limit", "By", "Limit of the memory of all state, max_state_mib."),
		lag:               gauge("vpc_flow.watermark.lag", "s", "Time between the newest flow of a scope and the clock."),
		untimely:          gauge("vpc_flow.untimely", "{flow}", "Flows of a scope since its last one in time, by reason, from 100 flows on."),

		attempts:        counter("vpc_flow.attempts", "{attempt}", "Connection attempts that no longer wait, by outcome."),
		waitingAttempts: upDownCounter("vpc_flow.attempts.waiting", "{attempt}", "Connection attempts that wait for answers or for more records."),
		answers:         upDownCounter("vpc_flow.answers.tracked", "{answer}", "Answers kept for connection attempts."),
		evictedAnswers:  counter("vpc_flow.answers.evicted", "{answer}", "Answers evicted to stay within max_attempts or max_state_mib."),

		listEntries:  gauge("vpc_flow.threat_list.entries", "{entry}", "Entries of a threat list that are valid now."),
		listAge:      gauge("vpc_flow.threat_list.age", "s", "Time since a threat list was fetched or confirmed, or its file modified."),
		listFailures: counter("vpc_flow.threat_list.failures", "{failure}", "New copies of a threat list that could not be fetched or were not accepted."),
		listMatches:  counter("vpc_flow.threat_list.matches", "{flow}", "Flows with an address on a threat list."),
		names:        gauge("vpc_flow.names", "{entry}", "Valid entries of the names files."),
		silentInput:  gauge("vpc_flow.input.silent", "1", "1 if no records arrive although they used to, otherwise 0."),
		badNames:     gauge("vpc_flow.names.skipped", "{entry}", "Entries of the names files that were skipped, by reason."),
		ignored:      counter("vpc_flow.ignored", "{flow}", "Flows that match an allowlist entry. An entry for all rules counts a flow once."),

		fenced:          counter("vpc_flow.partitions.fenced", "{partition}", "Partitions that were dropped because another collector opened their state."),
		partitionFlows:  counter("vpc_flow.partition.flows", "{flow}", "Flows of a partition that this collector has evaluated since it got the partition."),
		partitionKeys:   upDownCounter("vpc_flow.partition.keys", "{key}", "Keys in the state of a partition, of all rules."),
		partitionMemory: upDownCounter("vpc_flow.partition.state.memory", "By", "Memory of the state of a partition."),
		partitionOffset: gauge("vpc_flow.partition.offset", "1", "Offset of the newest message whose flows are counted in the stored state of a partition."),
		restoreTime:     gauge("vpc_flow.partition.restore.duration", "ms", "Time to restore the state of a partition when this collector got it."),
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		i.observe(o, read())
		return nil
	}, i.flows, i.packets, i.bytes, i.evidence, i.skipped, i.alerts, i.suppressed, i.evicted, i.evictedScopes, i.evictedGateways,
		i.evictedHosts, i.evictedInterfaces, i.lost,
		i.checkpoints, i.failedCheckpoints, i.checkpointBytes, i.tracked, i.gateways, i.hosts, i.pending, i.memory, i.memoryLimit, i.lag, i.untimely,
		i.attempts, i.waitingAttempts, i.answers, i.evictedAnswers,
		i.listEntries, i.listAge, i.listFailures, i.listMatches, i.names, i.badNames, i.silentInput, i.ignored,
		i.fenced, i.partitionFlows, i.partitionKeys, i.partitionMemory, i.partitionOffset, i.restoreTime)
	if err != nil {
		return nil, err
	}
	return registration.Unregister, nil
}

func (i *instruments) observe(o metric.Observer, s snapshot) {
	for reason, n := range s.skipped {
		o.ObserveInt64(i.skipped, n, attributes("reason", reason))
	}
	o.ObserveInt64(i.checkpoints, s.saves.saved)
	o.ObserveInt64(i.failedCheckpoints, s.saves.failed)
	o.ObserveInt64(i.checkpointBytes, s.saves.bytes)
	o.ObserveInt64(i.pending, s.pending)
	o.ObserveInt64(i.lost, s.lost)
	i.observeTraffic(o, &s)
	for n := range s.stats.Rules {
		i.observeRule(o, &s.stats.Rules[n])
	}
	i.observeLists(o, &s)
	i.observeAttempts(o, &s.stats.Attempts)
	for entry, n := range s.stats.Ignored {
		o.ObserveInt64(i.ignored, n, attributes("entry", entry))
	}
	for scope, watermark := range s.stats.Watermarks {
		o.ObserveInt64(i.lag, s.now.Unix()-watermark, attributes("scope", scope))
	}
	for scope, flows := range s.untimely {
		for reason, n := range map[string]int64{"late": flows.Late, "future": flows.Future, "past": flows.Past} {
			if n > 0 {
				o.ObserveInt64(i.untimely, n, attributes("scope", scope, "reason", reason))
			}
		}
	}
	for part, bytes := range s.stats.Memory {
		o.ObserveInt64(i.memory, bytes, attributes("part", part))
	}
	o.ObserveInt64(i.memoryLimit, s.stats.MemoryLimit)
	o.ObserveInt64(i.evictedScopes, s.stats.EvictedScopes)
	o.ObserveInt64(i.evictedGateways, s.stats.EvictedGateways)
	o.ObserveInt64(i.gateways, int64(s.stats.Gateways))
	o.ObserveInt64(i.evictedHosts, s.stats.EvictedHosts)
	o.ObserveInt64(i.evictedInterfaces, s.stats.EvictedInterfaces)
	o.ObserveInt64(i.hosts, int64(s.stats.Hosts))
	o.ObserveInt64(i.names, s.names)
	o.ObserveInt64(i.silentInput, s.silentInput)
	i.observePartitions(o, &s)
	for kind, n := range s.badNames {
		o.ObserveInt64(i.badNames, n, attributes("reason", string(kind)))
	}
}

func (i *instruments) observeTraffic(o metric.Observer, s *snapshot) {
	for traffic, volume := range s.stats.Volumes {
		kind := attributes("class", traffic.Class.String(), "action", actionText(traffic), "role", traffic.Role.String())
		o.ObserveInt64(i.flows, volume.Flows, kind)
		o.ObserveInt64(i.packets, int64(volume.Packets), kind)
		o.ObserveInt64(i.bytes, int64(volume.Bytes), kind)
	}
	for evidence, n := range s.stats.Evidence {
		o.ObserveInt64(i.evidence, n, attributes("evidence", string(evidence)))
	}
}

func (i *instruments) observeRule(o metric.Observer, rule *detect.RuleStats) {
	// Each series begins at 0. Queries for an increase would otherwise miss its first alert.
	alerts := map[detect.AlertKind]int64{}
	for _, severity := range alert.Severities {
		alerts[detect.AlertKind{Severity: severity, Status: alert.Opened}] = 0
	}
	maps.Copy(alerts, rule.Alerts)
	for kind, n := range alerts {
		pairs := []string{"rule", rule.Rule, "severity", kind.Severity.String(), "status", string(kind.Status)}
		if rule.DryRun {
			pairs = append(pairs, "dry_run", "true")
		}
		o.ObserveInt64(i.alerts, n, attributes(pairs...))
	}
	for reason, n := range rule.Suppressed {
		o.ObserveInt64(i.suppressed, n, attributes("rule", rule.Rule, "reason", detect.Suppression(reason).String()))
	}
	o.ObserveInt64(i.tracked, int64(rule.Tracked), attributes("rule", rule.Rule))
	o.ObserveInt64(i.evicted, rule.Evicted, attributes("rule", rule.Rule))
}

func (i *instruments) observeAttempts(o metric.Observer, s *detect.AttemptStats) {
	for outcome, n := range map[string]int64{
		"answered": s.Answered, "failed": s.Failed, "no_answers_seen": s.NoAnswersSeen, "answers_evicted": s.AnswersEvicted, "evicted": s.EvictedAttempts,
	} {
		o.ObserveInt64(i.attempts, n, attributes("outcome", outcome))
	}
	o.ObserveInt64(i.waitingAttempts, int64(s.Waiting))
	o.ObserveInt64(i.answers, int64(s.Answers))
	o.ObserveInt64(i.evictedAnswers, s.EvictedAnswers)
}

func (i *instruments) observePartitions(o metric.Observer, s *snapshot) {
	o.ObserveInt64(i.fenced, s.fenced)
	for _, p := range s.partitions {
		partition := attributes("topic", p.topic, "partition", strconv.Itoa(int(p.number)))
		o.ObserveInt64(i.partitionFlows, p.flows, partition)
		o.ObserveInt64(i.partitionKeys, p.keys, partition)
		o.ObserveInt64(i.partitionMemory, p.memory, partition)
		o.ObserveInt64(i.restoreTime, p.restored.Milliseconds(), partition)
		if p.saved >= 0 {
			o.ObserveInt64(i.partitionOffset, p.saved, partition)
		}
	}
}

func (i *instruments) observeLists(o metric.Observer, s *snapshot) {
	for _, list := range s.lists {
		name := attributes("list", list.Name)
		o.ObserveInt64(i.listEntries, int64(len(list.Active())), name)
		o.ObserveInt64(i.listFailures, list.Failures(), name)
		o.ObserveInt64(i.listMatches, s.stats.Matches[list.Name], name)
		if at := list.Version().Time; !at.IsZero() {
			o.ObserveInt64(i.listAge, int64(s.now.Sub(at)/time.Second), name)
		}
	}
}

// attributes returns attributes from alternating names and values.
func attributes(pairs ...string) metric.MeasurementOption {
	list := make([]attribute.KeyValue, 0, len(pairs)/2)
	for n := 0; n < len(pairs); n += 2 {
		list = append(list, attribute.String(pairs[n], pairs[n+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(list...))
}

func actionText(t detect.Traffic) string {
	if t.Action == 0 {
		return "none"
	}
	return t.Action.String()
}
