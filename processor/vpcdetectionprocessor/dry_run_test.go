// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// quietDNS makes the rule end its episodes after an hour.
const quietDNS = "allowed_lateness: 0s\nrules: {dns_not_over_udp: {quiet_period: 1h, dry_run: true}}\n"

func TestDryRunAlertsAreCounted(t *testing.T) {
	for name, test := range map[string]struct {
		yaml, counted string
		emitted       []alert.Status
	}{
		"only counted by default":      {quietDNS, "dry_run=true ", nil},
		"emitted with emit_dry_run":    {quietDNS + "emit_dry_run: true\n", "dry_run=true ", []alert.Status{alert.Opened, alert.Resolved, alert.Opened}},
		"emitted by a rule in service": {"allowed_lateness: 0s\nrules: {dns_not_over_udp: {quiet_period: 1h}}\n", "", []alert.Status{alert.Opened, alert.Resolved, alert.Opened}},
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.LogsSink)
			m := meter(t, test.yaml, sink)
			m.consume(t, decoded(dnsOverTCP(5, 0), dnsOverTCP(5, 3600+3600)))
			assert.Equal(t, map[string]int64{
				test.counted + "rule=dns_not_over_udp severity=low status=opened":   2,
				test.counted + "rule=dns_not_over_udp severity=low status=resolved": 1,
			}, m.points("vpc_flow.alerts"))
			var statuses []alert.Status
			for _, a := range alertsIn(t, sink) {
				statuses = append(statuses, a.Status)
				assert.Equal(t, test.counted != "", a.DryRun)
			}
			assert.Equal(t, test.emitted, statuses)
		})
	}
}

func TestDryRunOfARestoredEpisodeFollowsTheConfiguration(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), quietDNS+"emit_dry_run: true\n")
	d := h.start()
	h.see(d, dnsOverTCP(5, 0))
	require.NoError(t, d.Shutdown(t.Context()))
	h.config = "allowed_lateness: 0s\nrules: {dns_not_over_udp: {quiet_period: 1h}}\n"
	d = h.start()
	h.see(d, line("10.0.0.9", 443, "10.0.0.8", 50000, 7200, "ACCEPT"))
	require.NoError(t, d.Shutdown(t.Context()))
	alerts := alertsIn(t, &h.sink)
	require.Len(t, alerts, 2)
	assert.True(t, alerts[0].DryRun)
	assert.False(t, alerts[1].DryRun, "the rule is in service now")
}

func TestStartLogsRulesWhoseAlertsAreOnlyCounted(t *testing.T) {
	r := newHarness(t, quietDNS)
	require.NoError(t, r.Start(t.Context(), r))
	logged := r.logged.FilterMessageSnippet("dry-run alerts are counted").All()
	require.Len(t, logged, 1)
	assert.Equal(t, []any{"dns_not_over_udp"}, logged[0].ContextMap()["rules"])
	r.stop()

	r = newHarness(t, quietDNS+"emit_dry_run: true")
	require.NoError(t, r.Start(t.Context(), r))
	assert.Empty(t, r.logged.FilterMessageSnippet("dry-run alerts").All())
	r.stop()
}

func TestTuningReportCoversRulesWithDryRun(t *testing.T) {
	r := newHarness(t, quietDNS+"tuning_report: {path: "+filepath.Join(t.TempDir(), "tuning.md")+"}")
	require.NoError(t, r.Start(t.Context(), r))
	r.consume(dnsOverTCP(5, 0))
	r.stop()
	report := reported(t, r.cfg.TuningReport.Path)
	assert.Equal(t, 1, strings.Count(report, "The rule has `dry_run: true`, so nobody is notified."))
	for _, rule := range detect.Rules {
		if detect.DefaultConfig().Rules[rule.ID].Enabled {
			assert.Contains(t, report, "\n## "+rule.ID+"\n")
		}
	}
	assert.Equal(t, len(r.engine.Stats().Rules) < len(detect.Rules), strings.Contains(report, "Not measured"))
}

func TestTuningReportNamesRulesThatAreOff(t *testing.T) {
	r := newHarness(t, "rules: {dns_not_over_udp: {enabled: false}}\ntuning_report: {path: "+filepath.Join(t.TempDir(), "tuning.md")+"}")
	require.NoError(t, r.Start(t.Context(), r))
	r.consume(outbound(1, "130.239.200.66"))
	r.stop()
	report := reported(t, r.cfg.TuningReport.Path)
	assert.Contains(t, report, "because they are off: `dns_not_over_udp`")
	assert.NotContains(t, report, "## dns_not_over_udp")
}
