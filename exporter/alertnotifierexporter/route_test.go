// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestOnlyAlertsOfTheRouteAreTold(t *testing.T) {
	other := scan("b", "203.0.113.8")
	other.Rule = "external_reject_sweep"
	for name, c := range map[string]struct {
		yaml    string
		tell    *alert.Alert
		skipped string
	}{
		"all by default":                     {"", graver(alert.Low, scan("a", "203.0.113.7")), ""},
		"the least severity":                 {"min_severity: high", scan("a", "203.0.113.7"), ""},
		"less than the least severity":       {"min_severity: high", graver(alert.Medium, scan("a", "203.0.113.7")), "severity"},
		"no severity":                        {"min_severity: low", graver(0, scan("a", "203.0.113.7")), "severity"},
		"the end of what was more severe":    {"min_severity: high", as(alert.Resolved, graver(alert.Low, scan("a", "203.0.113.7"))), ""},
		"a rule of the list":                 {"rules: [external_port_scan]", scan("a", "203.0.113.7"), ""},
		"a rule that is not of the list":     {"rules: [external_port_scan]", other, "rule"},
		"an excluded rule":                   {"exclude_rules: [external_reject_sweep]", other, "rule"},
		"a rule that is not excluded":        {"exclude_rules: [external_reject_sweep]", scan("a", "203.0.113.7"), ""},
		"a rule that is listed and excluded": {"rules: [external_port_scan]\nexclude_rules: [external_port_scan]", scan("a", "203.0.113.7"), "rule"},
		"an alert without a uid":             {"", scan("", "203.0.113.7"), "no_uid"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, "console: true\n"+c.yaml)
			require.NoError(t, r.tell(c.tell))
			want := map[string]int64{}
			if c.skipped != "" {
				want[c.skipped] = 1
			}
			assert.Equal(t, want, r.metric("vpc_flow.notifier.skipped"))
			assert.Equal(t, c.skipped != "", r.stdout.Len() == 0)
		})
	}
}

func TestRecordsThatAreNoAlertsArePassedOverAndCounted(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+kinds["webhook"](s.URL))
	logs := toLogs([]*alert.Alert{scan("a", "203.0.113.7"), scan("b", "203.0.113.7"), scan("c", "203.0.113.7")})
	records := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.At(0).SetEventName("something else")
	records.At(1).Attributes().PutStr(alert.AttrStatus, "over")
	require.NoError(t, r.ConsumeLogs(t.Context(), logs))
	assert.Equal(t, []string{"first notification: c high firing"}, toldOf(s))
	assert.Equal(t, map[string]int64{"no_alert": 1, "unreadable": 1}, r.metric("vpc_flow.notifier.skipped"))
	require.NoError(t, r.ConsumeLogs(t.Context(), plog.NewLogs()))
	assert.Empty(t, s.got())
}
