// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

// requireMatch checks that the README matches a pattern. A failure does not print the whole README.
func requireMatch(t *testing.T, text, pattern string) {
	t.Helper()
	assert.True(t, regexp.MustCompile(pattern).MatchString(text), "README.md lacks %s", pattern)
}

func TestTheReadmeHasEachOptionAndItsDefault(t *testing.T) {
	text, cfg := readme(t), createDefaultConfig().(*Config)
	for field := range reflect.TypeFor[Config]().Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch key {
		case "": // the settings of confighttp
		case "geoip":
			requireMatch(t, text, "\n\\| `geoip::database` \\|")
		case "flows":
			for setting := range field.Type.Fields() {
				requireMatch(t, text, "\n\\| `flows::"+setting.Tag.Get("mapstructure")+"` \\|")
			}
		default:
			requireMatch(t, text, "\n\\| `"+key+"` \\|")
		}
	}
	for key, value := range map[string]any{
		"endpoint": cfg.NetAddr.Endpoint, "retention": "744h", "max_alerts": cfg.MaxAlerts, "max_keys": cfg.MaxKeys,
		"metrics_endpoint": cfg.MetricsEndpoint, "flows::retention": "168h", "flows::max_size": cfg.Flows.MaxSize, "format": cfg.Format[0],
	} {
		requireMatch(t, text, fmt.Sprintf("\n\\| %#q \\| [\\w: ]+ \\| %s \\|", key, regexp.QuoteMeta(fmt.Sprintf("`%v`", value))))
	}
	assert.Equal(t, "744h0m0s", cfg.Retention.String())
	assert.Equal(t, "168h0m0s", cfg.Flows.Retention.String())
	requireMatch(t, text, strings.ReplaceAll(strings.Trim(fmt.Sprint(cfg.InternalNetworks), "[]"), " ", ", "))
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestExamplesOfTheReadmeAreValid(t *testing.T) {
	examples := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(readme(t), -1) {
		var parsed map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(block[1]), &parsed))
		section, ok := parsed["vpc_dashboard"]
		if !ok {
			continue
		}
		examples++
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, confmap.NewFromStringMap(section.(map[string]any)).Unmarshal(cfg), block[1])
		require.NoError(t, confmap.Validate(cfg), block[1])
	}
	assert.Equal(t, 4, examples)
}

func TestTheReadmeHasEachMetric(t *testing.T) {
	r := newHarness(t, "{endpoint: 'localhost:0', metrics_endpoint: '', max_alerts: 1, flows: {directory: "+t.TempDir()+"}}").run()
	r.consumeLogs(records("nonsense"))
	r.store.AddFlows([]flow.Flow{{Time: 5}})
	r.store.AddAlert(testAlert("a"))
	r.store.AddAlert(testAlert("b"))
	var got metricdata.ResourceMetrics
	require.NoError(t, r.telemetry.Reader.Collect(t.Context(), &got))
	var rows, documented []string
	for _, scope := range got.ScopeMetrics {
		if scope.Scope.Name != scopeName {
			continue
		}
		for _, m := range scope.Metrics {
			label := m.Data.(metricdata.Sum[int64]).DataPoints[0].Attributes.ToSlice()[0].Key
			rows = append(rows, fmt.Sprintf("| %#q | counter | %#q | %#q | %s |", m.Name, m.Unit, label, strings.TrimSuffix(m.Description, ".")))
		}
	}
	for line := range strings.Lines(readme(t)) {
		if strings.HasPrefix(line, "| `vpc_flow.") {
			documented = append(documented, strings.TrimSpace(line))
		}
	}
	assert.ElementsMatch(t, rows, documented)
}

func TestTheReadmeHasEachReason(t *testing.T) {
	text := readme(t)
	for _, reason := range []string{badAlert, alertTooLong, noTime, string(flow.NotAFlow), "no_uid", "time_out_of_range"} {
		requireMatch(t, text, "`"+reason+"`")
	}
	for _, reason := range flowstore.Reasons {
		requireMatch(t, text, "not stored for(?s:.*)`"+string(reason)+"`")
	}
}
