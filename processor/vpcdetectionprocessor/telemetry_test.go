// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// meteredProcessor is a processor whose metrics can be read.
type meteredProcessor struct {
	*detector
	telemetry *componenttest.Telemetry
}

func meter(t *testing.T, yaml string, next consumer.Logs) *meteredProcessor {
	t.Helper()
	telemetry := componenttest.NewTelemetry()
	set := processortest.NewNopSettings(componentType)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	d, err := newDetector(set, configOf(t, yaml), next, clock)
	require.NoError(t, err)
	require.NoError(t, d.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		require.NoError(t, d.Shutdown(context.Background()))         //nolint:usetesting // the test's context is canceled by then
		require.NoError(t, telemetry.Shutdown(context.Background())) //nolint:usetesting // as above
	})
	return &meteredProcessor{d, telemetry}
}

func (m *meteredProcessor) consume(t *testing.T, logs plog.Logs) {
	t.Helper()
	require.NoError(t, m.ConsumeLogs(t.Context(), logs))
}

// points returns the values of a metric except zeros, by their sorted attributes, such as rule=dns_not_over_udp.
func (m *meteredProcessor) points(name string) map[string]int64 {
	got, err := m.telemetry.GetMetric(name)
	if err != nil {
		return map[string]int64{}
	}
	var all []metricdata.DataPoint[int64]
	switch data := got.Data.(type) {
	case metricdata.Sum[int64]:
		all = data.DataPoints
	case metricdata.Gauge[int64]:
		all = data.DataPoints
	}
	values := map[string]int64{}
	for _, point := range all {
		var pairs []string
		for _, pair := range point.Attributes.ToSlice() {
			pairs = append(pairs, string(pair.Key)+"="+pair.Value.AsString())
		}
		if point.Value != 0 {
			values[strings.Join(pairs, " ")] = point.Value
		}
	}
	return values
}

func TestTrafficIsCountedByClassActionAndRole(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	m.consume(t, decoded(
		"2 1 eni-1 10.0.0.5 203.0.113.7 50000 443 6 10 1000 1736899200 1736899259 ACCEPT OK\n",
		"2 1 eni-1 10.0.0.5 203.0.113.7 50001 443 6 5 500 1736899201 1736899259 ACCEPT OK\n",
		"2 1 eni-1 203.0.113.7 10.0.0.5 443 50000 6 20 20000 1736899200 1736899259 ACCEPT OK\n",
		"2 1 eni-1 203.0.113.7 10.0.0.5 50000 23 6 1 40 1736899200 1736899259 REJECT OK\n",
		"2 1 eni-1 10.0.0.5 10.0.0.6 0 0 1 3 252 1736899200 1736899259 ACCEPT OK\n",
		"2 1 eni-1 203.0.113.7 8.8.8.8 0 0 50 7 700 1736899200 1736899259 - OK\n",
		"2 1 eni-1 - - - - - - - 1736899200 1736899259 - NODATA\n",
	))
	kinds := map[string]struct{ flows, packets, bytes int64 }{
		"action=ACCEPT class=internal_to_external role=request": {2, 15, 1500},
		"action=ACCEPT class=external_to_internal role=reply":   {1, 20, 20000},
		"action=REJECT class=external_to_internal role=request": {1, 1, 40},
		"action=ACCEPT class=internal_to_internal role=unknown": {1, 3, 252},
		"action=none class=external_to_external role=request":   {1, 7, 700},
	}
	flows, packets, bytes := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for kind, want := range kinds {
		flows[kind], packets[kind], bytes[kind] = want.flows, want.packets, want.bytes
	}
	assert.Equal(t, flows, m.points("vpc_flow.flows"))
	assert.Equal(t, packets, m.points("vpc_flow.packets"))
	assert.Equal(t, bytes, m.points("vpc_flow.bytes"))
}

func TestSkippedRecordsAreCountedByReason(t *testing.T) {
	const (
		head = "2 1 eni-1 "
		tail = " 50000 443 6 1 60 1736899200 1736899259 ACCEPT OK"
	)
	future := clock().Add(10 * time.Minute).Unix()
	for reason, lines := range map[string][]string{
		"nodata":     {head + "- - - - - - - 1736899200 1736899259 - NODATA"},
		"skipdata":   {head + "- - - - - - - 1736899200 1736899259 - SKIPDATA", head + "- - - - - - - 1736899200000 1736899259000 - SKIPDATA"},
		"no_address": {head + "- 10.0.0.5" + tail, head + "10.0.0.5 -" + tail},
		"no_time":    {head + "10.0.0.5 10.0.0.6 50000 443 6 1 60 - - ACCEPT OK"},
		"same_address": {
			head + "10.0.0.5 10.0.0.5" + tail, head + "10.0.0.5 ::ffff:10.0.0.5" + tail,
		},
		"special_address": {
			head + "10.0.0.5 224.0.0.1" + tail, head + "0.0.0.0 255.255.255.255" + tail, head + "127.0.0.1 10.0.0.5" + tail,
		},
		"time_out_of_range": {
			head + "10.0.0.5 10.0.0.6 50000 443 6 1 60 1262303999 1262304000 ACCEPT OK",
			fmt.Sprintf("%s10.0.0.5 10.0.0.6 50000 443 6 1 60 %d - ACCEPT OK", head, future+1),
		},
		"":                {head + "10.0.0.5 10.0.0.6" + tail, fmt.Sprintf("%s10.0.0.5 10.0.0.6 50000 443 6 1 60 %d - ACCEPT OK", head, future)},
		"header":          {flow.Default.String()},
		"too_few_fields":  {head + "10.0.0.5"},
		"too_many_fields": {head + "10.0.0.5 10.0.0.6" + tail + " more"},
		"not_a_number":    {head + "10.0.0.5 10.0.0.6 high 443 6 1 60 1736899200 1736899259 ACCEPT OK"},
		"bad_address":     {head + "10.0.0.256 10.0.0.6" + tail},
		"bad_value":       {head + "10.0.0.5 10.0.0.6 50000 443 6 1 60 1736899200 1736899259 DROP OK"},
		"not_text":        {head + "10.0.0.5 10.0.0.6" + tail + "\xff"},
		"not_a_flow":      {"", "   "},
	} {
		t.Run(reason, func(t *testing.T) {
			want := map[string]int64{}
			if reason != "" {
				want["reason="+reason] = int64(len(lines))
			}
			m := meter(t, "{}", consumertest.NewNop())
			m.consume(t, inBodies(lines...))
			assert.Equal(t, want, m.points("vpc_flow.skipped"))
			if reason == "not_a_flow" {
				return // Blocks may contain blank lines.
			}
			m = meter(t, "{}", consumertest.NewNop())
			m.consume(t, inBlock(lines...))
			assert.Equal(t, want, m.points("vpc_flow.skipped"), "a block of lines")
		})
	}
}

// inBodies returns log records with a line in each body, as file_log reads them.
func inBodies(lines ...string) plog.Logs {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, line := range lines {
		records.AppendEmpty().Body().SetStr(line)
	}
	return logs
}

// inBlock returns one log record with all lines in its body.
func inBlock(lines ...string) plog.Logs {
	logs := inBodies(strings.Join(lines, "\n"))
	record := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	record.Attributes().PutInt("vpc_flow.lines", int64(len(lines)))
	return logs
}

func TestHopsAndAlertsAreSkipped(t *testing.T) {
	sink := new(consumertest.LogsSink)
	m := meter(t, "format: [srcaddr, dstaddr, pkt-srcaddr, pkt-dstaddr, instance-id, start]", sink)
	m.consume(t, inBodies("10.0.3.3 8.8.8.8 10.0.0.5 8.8.8.8 - 1736899200"))
	m.consume(t, decoded(dnsOverTCP(5, 0)))
	m.consume(t, sink.AllLogs()[0])
	assert.Equal(t, map[string]int64{"reason=hop": 1, "reason=alert": 1}, m.points("vpc_flow.skipped"))
	assert.Len(t, alertsIn(t, sink), 1, "an alert that comes back gives none")
	assert.Equal(t, map[string]int64{"": 1}, m.points("vpc_flow.gateways.tracked"))
	assert.Empty(t, m.points("vpc_flow.gateways.evicted"))
	m.consume(t, inBodies("10.0.3.3 8.8.8.8 10.0.3.3 8.8.8.8 i-01234567890123456 1736899201"))
	assert.Equal(t, map[string]int64{"reason=hop": 2, "reason=alert": 1}, m.points("vpc_flow.skipped"), "the gateway's own address")
}

func TestAlertsAreCountedByRuleSeverityAndStatus(t *testing.T) {
	m := meter(t, "{emit_resolved: true, rules: {dns_not_over_udp: {severity: critical}}}", consumertest.NewNop())
	m.consume(t, decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(2, 1), dnsOverTCP(2, 86400), dnsOverTCP(3, 3*86400)))
	for port := range 20 {
		m.consume(t, decoded(line("203.0.113.7", 50000, "10.0.1.10", 2000+port, 3*86400+port, "ACCEPT")))
	}
	assert.Equal(t, map[string]int64{
		"rule=dns_not_over_udp severity=critical status=opened":   3,
		"rule=dns_not_over_udp severity=critical status=updated":  1, // a day later
		"rule=dns_not_over_udp severity=critical status=resolved": 2,
		"rule=external_port_scan severity=low status=opened":      1,
	}, m.points("vpc_flow.alerts"))
}

func TestSuppressedFlowsAreCountedByRuleAndReason(t *testing.T) {
	m := meter(t, "{ignore: [{source: 10.0.0.99}], rules: {dns_not_over_udp: {ignore: [{source: 10.0.0.98}]}}}", consumertest.NewNop())
	m.consume(t, decoded(
		dnsOverTCP(1, 7200), dnsOverTCP(1, 7201), // the second within the episode; the country is learned
		dnsOverTCP(98, 7202), // ignored by one rule
		dnsOverTCP(99, 7203), // ignored by all rules that would fire
		line("203.0.113.7", 50000, "10.0.1.10", 22, 0, "REJECT"),  // late
		line("10.0.1.5", 50000, "10.0.2.9", 443, 0, "ACCEPT"),     // late, and learned
		line("10.0.1.5", 50000, "10.0.2.10", 443, 7203, "ACCEPT"), // learned
	))
	got := m.points("vpc_flow.suppressed")
	assert.Equal(t, map[string]int64{
		"reason=open_episode rule=dns_not_over_udp":     1,
		"reason=allowlist rule=dns_not_over_udp":        2,
		"reason=allowlist rule=unusual_country":         1,
		"reason=allowlist rule=large_outbound_transfer": 1,
		"reason=allowlist rule=outbound_flood":          1,
		"reason=learning rule=unusual_country":          1,
		"reason=learning rule=new_internal_peer":        1,
		"reason=late rule=new_internal_peer":            1,
		"reason=late rule=internal_port_scan":           1,
		"reason=late rule=external_port_scan":           1,
		"reason=late rule=remote_service_brute_force":   1,
		"reason=late rule=remote_service_rejects":       1,
		"reason=late rule=external_reject_sweep":        1,
	}, got)
}

func TestKeysAreCountedByRule(t *testing.T) {
	m := meter(t, "{rules: {new_internal_peer: {max_keys: 2}, large_outbound_transfer: {enabled: false}}}", consumertest.NewNop())
	m.consume(t, decoded(
		line("10.0.1.1", 50000, "10.0.2.9", 443, 0, "ACCEPT"),
		line("10.0.1.2", 50000, "10.0.2.9", 443, 1, "ACCEPT"),
		line("10.0.1.3", 50000, "10.0.2.9", 443, 2, "ACCEPT"),
		dnsOverTCP(5, 3),
	))
	assert.Equal(t, map[string]int64{
		"rule=new_internal_peer":  2,
		"rule=internal_port_scan": 3,
		"rule=dns_not_over_udp":   1,
		"rule=unusual_country":    1,
		"rule=outbound_flood":     1,
		"rule=attack_sequence":    1,
		"rule=flow_logs_stopped":  1,
	}, m.points("vpc_flow.keys.tracked"))
	assert.Equal(t, map[string]int64{"rule=new_internal_peer": 1}, m.points("vpc_flow.keys.evicted"))
}

func TestScopesAreEvictedAtTheirBound(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	lines := make([]string, 10_000)
	for i := range lines {
		lines[i] = lineOf(fmt.Sprintf("%012d", i), "10.0.1.1", 50000, "10.0.2.9", 443, 0, "ACCEPT")
	}
	m.consume(t, decoded(lines...))
	assert.Empty(t, m.points("vpc_flow.scopes.evicted"))
	m.consume(t, decoded(lineOf("999999999999", "10.0.1.1", 50000, "10.0.2.9", 443, 0, "ACCEPT")))
	assert.Equal(t, map[string]int64{"": 1000}, m.points("vpc_flow.scopes.evicted"), "a tenth at a time")
}

func TestLagIsMeasuredByScope(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	behind := func(by int) int { return int(clock().Unix()) - by - t0 }
	m.consume(t, decoded(
		lineOf("111111111111", "10.0.1.1", 50000, "10.0.2.9", 443, behind(90), "ACCEPT"),
		lineOf("111111111111", "10.0.1.1", 50000, "10.0.2.9", 443, behind(900), "ACCEPT"),
		lineOf("222222222222", "10.0.1.1", 50000, "10.0.2.9", 443, behind(-60), "ACCEPT"),
	))
	assert.Equal(t, map[string]int64{"scope=111111111111": 90, "scope=222222222222": -60}, m.points("vpc_flow.watermark.lag"))
	m.detector.now = func() time.Time { return clock().Add(time.Hour) }
	assert.Equal(t, map[string]int64{"scope=111111111111": 3690, "scope=222222222222": 3540}, m.points("vpc_flow.watermark.lag"))
}

func TestPendingAndLostAlertsAreCounted(t *testing.T) {
	n := &nextConsumer{reject: errBusy}
	m := meter(t, "max_pending_alerts: 2", n)
	m.consume(t, decoded(dnsOverTCP(1, 0), dnsOverTCP(2, 0), dnsOverTCP(3, 0)))
	assert.Equal(t, map[string]int64{"": 2}, m.points("vpc_flow.alerts.pending"))
	assert.Equal(t, map[string]int64{"": 1}, m.points("vpc_flow.alerts.lost"))
	n.reject = errBad
	m.consume(t, plog.NewLogs())
	assert.Empty(t, m.points("vpc_flow.alerts.pending"))
	assert.Equal(t, map[string]int64{"": 3}, m.points("vpc_flow.alerts.lost"))
	assert.Equal(t, map[string]int64{"rule=dns_not_over_udp severity=low status=opened": 3}, m.points("vpc_flow.alerts"), "what was emitted, delivered or not")
}

func TestRejectedFlowsAreNotCounted(t *testing.T) {
	m := meter(t, "forward_flows: true", &nextConsumer{reject: errBusy})
	require.ErrorIs(t, m.ConsumeLogs(t.Context(), decoded(dnsOverTCP(1, 0))), errBusy)
	require.ErrorIs(t, m.ConsumeLogs(t.Context(), inBodies("")), errBusy)
	assert.Empty(t, m.points("vpc_flow.flows"))
	assert.Empty(t, m.points("vpc_flow.skipped"))
}

func TestMetricsAreUnregisteredAtShutdown(t *testing.T) {
	m := meter(t, "{}", consumertest.NewNop())
	m.consume(t, decoded(dnsOverTCP(1, 0)))
	require.NotEmpty(t, m.points("vpc_flow.flows"))
	require.NoError(t, m.Shutdown(t.Context()))
	assert.Empty(t, m.points("vpc_flow.flows"))
}
