// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

// has checks that the README matches a pattern. A failure does not print the whole README.
func has(t *testing.T, text, pattern string) {
	t.Helper()
	assert.True(t, regexp.MustCompile(pattern).MatchString(text), "README.md lacks %s", pattern)
}

func TestReadmeHasEachOption(t *testing.T) {
	text := readme(t)
	for _, kind := range []any{Config{}, TuningReport{}, ThreatList{}, IgnoreFile{}, detect.Config{}, detect.Settings{}, detect.Ignore{}, detect.CustomRule{}, detect.Match{}} {
		for field := range reflect.TypeOf(kind).Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
			switch key {
			case "-": // not configurable
			case "": // its fields have rows of their own
			case "geoip", "asn":
				has(t, text, "\n\\| `"+key+"::database` \\|")
			default:
				has(t, text, "\n\\| (`\\w+`, )?`"+key+"`(, `\\w+`)? \\|")
			}
		}
	}
}

// The defaults of the rules are in docs/rules.md, which a test of internal/detect checks.
func TestReadmeHasTheDefaults(t *testing.T) {
	text, cfg := readme(t), createDefaultConfig().(*Config)
	for key, value := range map[string]any{
		"max_future": cfg.MaxFuture, "allowed_lateness": cfg.AllowedLateness, "repeat_interval": cfg.RepeatInterval,
		"checkpoint_interval": cfg.CheckpointInterval, "max_pending_alerts": cfg.MaxPendingAlerts, "scope": cfg.Scope, "emit_resolved": cfg.EmitResolved,
		"evaluate_hops": cfg.EvaluateHops, "forward_flows": cfg.ForwardFlows, "emit_dry_run": cfg.EmitDryRun,
	} {
		has(t, text, fmt.Sprintf("\n\\| %#q \\| \\w+ \\| %#q \\|", key, shown(value)))
	}
	for _, list := range []any{cfg.InternalNetworks, cfg.ServicePorts} {
		has(t, text, strings.ReplaceAll(strings.Trim(fmt.Sprint(list), "[]"), " ", ",\\s"))
	}
}

// shown formats a value as in YAML.
func shown(value any) string {
	switch value := value.(type) {
	case time.Duration:
		text := value.String()
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		if strings.HasSuffix(text, "h0m") {
			text = strings.TrimSuffix(text, "0m")
		}
		return text
	default:
		return fmt.Sprint(value)
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

func TestReadmeExamplesAreValid(t *testing.T) {
	var examples int
	for _, block := range yamlBlock.FindAllStringSubmatch(readme(t), -1) {
		if !strings.HasPrefix(block[1], "vpc_detection:") {
			continue
		}
		examples++
		section, err := parse(t, block[1]).Sub("vpc_detection")
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, section.Unmarshal(cfg), block[1])
		require.NoError(t, cfg.Validate(), block[1])
	}
	assert.Equal(t, 12, examples)
}

func TestReadmeAlertMatchesTheGoldenFile(t *testing.T) {
	_, text, found := strings.Cut(readme(t), "<!-- from testdata/remote_service_brute_force/expected.yaml -->\n")
	require.True(t, found)
	var shown struct {
		Body       string         `yaml:"body"`
		Severity   string         `yaml:"severity_text"`
		Attributes map[string]any `yaml:"attributes"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(yamlBlock.FindStringSubmatch(text)[1]), &shown))
	logs, err := golden.ReadLogs(filepath.Join("testdata", "remote_service_brute_force", "expected.yaml"))
	require.NoError(t, err)
	record := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	assert.Equal(t, record.Body().Str(), shown.Body)
	assert.Equal(t, record.SeverityText(), shown.Severity)
	assert.Equal(t, fmt.Sprint(record.Attributes().AsRaw()), fmt.Sprint(shown.Attributes), "types of numbers differ in YAML")
}

// TestReadmeHasEachMetric produces a value of each metric, and compares its properties with its row.
func TestReadmeHasEachMetric(t *testing.T) {
	m := meter(t, fmt.Sprintf("{rules: {dns_not_over_udp: {dry_run: true}}, emit_dry_run: true, threat_lists: [{name: own, path: %q}], ignore: [{port: 1}], names: [%q]}",
		write(t, "own.txt", ""), write(t, "names.csv", "address,name\n10.0.0.300,web\n")), &nextConsumer{reject: errBusy})
	m.consume(t, decoded(dnsOverTCP(1, 0), dnsOverTCP(1, 1)))
	m.consume(t, inBodies(""))
	require.NoError(t, m.ConsumeLogs(fromPartition(t.Context(), 3, 1), decoded(dnsOverTCP(1, 0))))
	m.partitions.shards[partitionID{"flows", 3}].checkpoints.saved = 1 // as with storage
	m.consume(t, decoded(slices.Repeat([]string{dnsOverTCP(1, -1801)}, 100)...))
	var got metricdata.ResourceMetrics
	require.NoError(t, m.telemetry.Reader.Collect(t.Context(), &got))
	require.Len(t, got.ScopeMetrics, 1)
	assert.Equal(t, scopeName, got.ScopeMetrics[0].Scope.Name)

	var rows []string
	for _, each := range got.ScopeMetrics[0].Metrics {
		kind, attributes := "gauge", attribute.Set{}
		switch data := each.Data.(type) {
		case metricdata.Sum[int64]:
			kind, attributes = "up-down counter", widest(data.DataPoints)
			if data.IsMonotonic {
				kind = "counter"
			}
		case metricdata.Gauge[int64]:
			attributes = widest(data.DataPoints)
		case metricdata.Histogram[float64]:
			kind, attributes = "histogram", data.DataPoints[0].Attributes
		}
		rows = append(rows, fmt.Sprintf("| %#q | %s | %#q |%s | %s |", each.Name, kind, each.Unit, keys(attributes),
			strings.TrimSuffix(each.Description, ".")))
	}
	var documented []string
	for line := range strings.Lines(readme(t)) {
		if strings.HasPrefix(line, "| `vpc_flow.") {
			documented = append(documented, strings.TrimSpace(line))
		}
	}
	assert.ElementsMatch(t, rows, documented)
}

// widest returns the attributes of the point that has the most.
func widest(points []metricdata.DataPoint[int64]) attribute.Set {
	return slices.MaxFunc(points, func(a, b metricdata.DataPoint[int64]) int {
		return cmp.Compare(a.Attributes.Len(), b.Attributes.Len())
	}).Attributes
}

// order is the order of attributes in the README.
var order = []attribute.Key{"class", "action", "rule", "role", "evidence", "severity", "status", "dry_run", "reason", "scope", "list", "entry", "topic", "partition"}

func keys(set attribute.Set) string {
	pairs := set.ToSlice()
	slices.SortFunc(pairs, func(a, b attribute.KeyValue) int {
		return cmp.Compare(slices.Index(order, a.Key), slices.Index(order, b.Key))
	})
	var names []string
	for _, pair := range pairs {
		names = append(names, fmt.Sprintf("%#q", pair.Key))
	}
	if len(names) == 0 {
		return ""
	}
	return " " + strings.Join(names, ", ")
}
