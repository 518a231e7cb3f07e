// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestRouteSelectsAlerts(t *testing.T) {
	other := alerttest.PortScan("b", "203.0.113.8")
	other.Rule = "external_reject_sweep"
	dryRun := alerttest.PortScan("c", "203.0.113.9")
	dryRun.DryRun = true
	for name, c := range map[string]struct {
		yaml    string
		alert   *alert.Alert
		skipped string
	}{
		"all by default":                     {"", alerttest.WithSeverity(alert.Low, alerttest.PortScan("a", "203.0.113.7")), ""},
		"the minimum severity":               {"min_severity: high", alerttest.PortScan("a", "203.0.113.7"), ""},
		"below the minimum severity":         {"min_severity: high", alerttest.WithSeverity(alert.Medium, alerttest.PortScan("a", "203.0.113.7")), "severity"},
		"no severity":                        {"min_severity: low", alerttest.WithSeverity(0, alerttest.PortScan("a", "203.0.113.7")), "severity"},
		"the end of a less severe episode":   {"min_severity: high", alerttest.Later(alert.Resolved, alerttest.WithSeverity(alert.Low, alerttest.PortScan("a", "203.0.113.7"))), ""},
		"a listed rule":                      {"rules: [external_port_scan]", alerttest.PortScan("a", "203.0.113.7"), ""},
		"a rule that is not listed":          {"rules: [external_port_scan]", other, "rule"},
		"an excluded rule":                   {"exclude_rules: [external_reject_sweep]", other, "rule"},
		"a rule that is not excluded":        {"exclude_rules: [external_reject_sweep]", alerttest.PortScan("a", "203.0.113.7"), ""},
		"a rule that is listed and excluded": {"rules: [external_port_scan]\nexclude_rules: [external_port_scan]", alerttest.PortScan("a", "203.0.113.7"), "rule"},
		"a dry-run alert":                    {"", dryRun, "dry_run"},
		"the end of a dry-run episode":       {"", alerttest.Later(alert.Resolved, dryRun), "dry_run"},
		"an alert without a uid":             {"", alerttest.PortScan("", "203.0.113.7"), "no_uid"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, "console: true\n"+c.yaml)
			require.NoError(t, r.send(c.alert))
			want := map[string]int64{}
			if c.skipped != "" {
				want[c.skipped] = 1
			}
			assert.Equal(t, want, r.metric("vpc_flow.notifier.skipped"))
			assert.Equal(t, c.skipped != "", r.stdout.Len() == 0)
		})
	}
}

func TestOtherRecordsAreSkippedAndCounted(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+kinds["webhook"](s.URL))
	logs := toLogs([]*alert.Alert{alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.7"), alerttest.PortScan("c", "203.0.113.7")})
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.At(0).SetEventName("something else")
	records.At(1).Attributes().PutStr(alert.AttrStatus, "over")
	require.NoError(t, r.ConsumeLogs(t.Context(), logs))
	assert.Equal(t, []string{"first notification: c high firing"}, notificationsOf(s))
	assert.Equal(t, map[string]int64{"not_an_alert": 1, "invalid": 1}, r.metric("vpc_flow.notifier.skipped"))
	require.NoError(t, r.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Empty(t, s.takeRequests())
}
