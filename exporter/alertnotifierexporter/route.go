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

// route says which alerts are told.
type route struct {
	least         alert.Severity
	rules, except []string
}

func newRoute(cfg *Config) route {
	return route{least: cfg.MinSeverity, rules: cfg.Rules, except: cfg.ExcludeRules}
}

// choose returns the alerts that are to be told, and counts why the other records are not.
func (r route) choose(ctx context.Context, logs plog.Logs, t *telemetry) (chosen []*alert.Alert) {
	skipped := map[string]int64{}
	all := 0
	for a, err := range alertotlp.All(logs) {
		all++
		switch {
		case err != nil:
			skipped["unreadable"]++
		case a.UID == "":
			skipped["no_uid"]++
		case !r.wants(a.Rule):
			skipped["rule"]++
		case a.Severity < r.least && a.Status != alert.Resolved:
			// The end is for those who were told of the beginning, which may have been more severe.
			skipped["severity"]++
		default:
			chosen = append(chosen, a)
		}
	}
	skipped["no_alert"] = int64(logs.LogRecordCount() - all)
	for reason, n := range skipped {
		t.skip(ctx, reason, n)
	}
	return chosen
}

func (r route) wants(rule string) bool {
	return (len(r.rules) == 0 || slices.Contains(r.rules, rule)) && !slices.Contains(r.except, rule)
}
