// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

// has asserts that the README matches a pattern, without printing all of it.
func has(t *testing.T, text, pattern string) {
	t.Helper()
	assert.True(t, regexp.MustCompile(pattern).MatchString(text), "README.md lacks %s", pattern)
}

func TestReadmeDocumentsEachOptionAndDefault(t *testing.T) {
	text, cfg := readme(t), createDefaultConfig().(*Config)
	for prefix, kind := range map[string]any{"": *cfg, "rate_limit::": cfg.RateLimit, "alertmanager::": *alertmanagerDefault(t), "security_hub::": SecurityHub{}} {
		for field, value := range reflect.ValueOf(kind).Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
			if key == "" {
				continue // a key of the HTTP client, or not a key
			}
			row := "\n\\| `" + prefix + key + "` \\|"
			switch value := value.Interface().(type) {
			case time.Duration:
				row += ` duration \| \x60` + humanize.Setting(value) + "`"
			case int:
				row += fmt.Sprintf(` int \| \x60%d\x60`, value)
			}
			has(t, text, row)
		}
	}
	assert.Equal(t, 12*time.Hour, cfg.Retry.MaxElapsedTime)
	for _, key := range receiverconfig.Keys() {
		has(t, text, "`"+key+"`")
	}
}

func alertmanagerDefault(t *testing.T) *Alertmanager {
	t.Helper()
	return configOf(t, "alertmanager: {endpoint: 'http://x'}").Alertmanager.Get()
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestReadmeExamplesAreValid(t *testing.T) {
	blocks := yamlBlock.FindAllStringSubmatch(readme(t), -1)
	assert.Len(t, blocks, 9)
	for _, block := range blocks {
		conf := expand(t, map[string]string{
			"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x", "PAGERDUTY_ROUTING_KEY": "k", "SMTP_PASSWORD": "0123", "SOAR_TOKEN": "t", "BOT_TOKEN": "1:2",
			"SLACK_BOT_TOKEN": "xoxb-1", "SIEM_TOKEN": "t",
		}, block[1])
		for id := range conf.ToStringMap() {
			section, err := conf.Sub(id)
			require.NoError(t, err)
			cfg := createDefaultConfig().(*Config)
			require.NoError(t, section.Unmarshal(cfg), block[1])
			require.NoError(t, cfg.Validate(), block[1])
		}
	}
}

func TestReadmeDocumentsEachLabelAndAnnotation(t *testing.T) {
	text := readme(t)
	for _, a := range []*alert.Alert{alerttest.PortScan("a", "203.0.113.7"), alerttest.ListedDestination()} {
		one := episode.New(a, alerttest.Noon()).ToAlertmanager(a.Severity, time.Time{}, "")
		for name := range maps.Keys(one.Labels) {
			has(t, text, "\n\\|[^|]*`"+string(name)+"`[^|]*\\|")
		}
		for name := range maps.Keys(one.Annotations) {
			has(t, text, "(?s)\nAnnotations: [^\n]*(\n[^\n]*)?`"+string(name)+"`")
		}
	}
}

// TestReadmeDocumentsEachMetric records a value of every metric and compares each metric with its row.
func TestReadmeDocumentsEachMetric(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"min_severity: high\nrate_limit: {notifications: 1}\n"+kinds["slack"](s.URL))
	sendFlood(t, r, 2)
	require.NoError(t, r.send(alerttest.WithSeverity(alert.Low, alerttest.PortScan("x", "203.0.113.7"))))
	s.respond(500)
	require.Error(t, r.destinations[0].sender.Tick(t.Context()))
	r.destinations[0].countUnsent(t.Context(), "queue_full", 1)
	r.destinations[0].countStorageError()
	var all metricdata.ResourceMetrics
	require.NoError(t, r.telemetry.Reader.Collect(t.Context(), &all))
	var rows []string
	for _, scope := range all.ScopeMetrics {
		if scope.Scope.Name != scopeName {
			continue // of the exporter helper
		}
		for _, m := range scope.Metrics {
			data := m.Data.(metricdata.Sum[int64])
			kind := map[bool]string{true: "counter", false: "up-down counter"}[data.IsMonotonic]
			var names []string
			for _, pair := range data.DataPoints[0].Attributes.ToSlice() {
				names = append(names, "`"+string(pair.Key)+"`")
			}
			rows = append(rows, fmt.Sprintf("| %#q | %s | %#q | %s | %s |", m.Name, kind, m.Unit, strings.Join(names, ", "), strings.TrimSuffix(m.Description, ".")))
		}
	}
	var documented []string
	for line := range strings.Lines(readme(t)) {
		if strings.HasPrefix(line, "| `vpc_flow.") {
			documented = append(documented, strings.TrimSpace(line))
		}
	}
	slices.Sort(rows)
	slices.Sort(documented)
	assert.Equal(t, documented, rows)
}
