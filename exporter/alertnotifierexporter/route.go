// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"slices"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// route selects alerts by severity and rule.
type route struct {
	minSeverity         alert.Severity
	rules, excludeRules []string
}

func newRoute(cfg *Config) route {
	return route{minSeverity: cfg.MinSeverity, rules: cfg.Rules, excludeRules: cfg.ExcludeRules}
}

// selectAlerts returns the alerts to notify, and counts the skipped records by reason.
func (r route) selectAlerts(ctx context.Context, logs plog.Logs, t *telemetry) (selected []*alert.Alert) {
	skipped := map[string]int64{}
	alerts := 0
	for a, err := range alertotlp.All(logs) {
		alerts++
		switch {
		case err != nil:
			skipped["invalid"]++
		case a.DryRun:
			skipped["dry_run"]++
		case a.UID == "":
			skipped["no_uid"]++
		case !r.matchesRule(a.Rule):
			skipped["rule"]++
		case a.Severity < r.minSeverity && a.Status != alert.Resolved:
			// An end is always selected: the severity may have been higher when the episode was notified.
			skipped["severity"]++
		default:
			selected = append(selected, a)
		}
	}
	skipped["not_an_alert"] = int64(logs.LogRecordCount() - alerts)
	for reason, n := range skipped {
		t.skip(ctx, reason, n)
	}
	return selected
}

func (r route) matchesRule(rule string) bool {
	return (len(r.rules) == 0 || slices.Contains(r.rules, rule)) && !slices.Contains(r.excludeRules, rule)
}
