// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter"
	"github.com/vpcflow/otelcol-vpcflow/extension/kafkastorageextension"
	"github.com/vpcflow/otelcol-vpcflow/extension/ocsfencodingextension"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// metadata is the part of metadata.yaml that the tests check. Its form is that of opentelemetry-collector-contrib.
type metadata struct {
	Type   string
	Status struct {
		Class     string
		Stability map[string][]string
	}
	Attributes map[string]struct{ Description, Type string }
	Telemetry  struct{ Metrics map[string]metricMetadata }
}

// metricMetadata describes one metric.
type metricMetadata struct {
	Enabled     bool
	Description string
	Unit        string
	Attributes  []string           `yaml:",omitempty"`
	Sum         *sumMetadata       `yaml:",omitempty"`
	Gauge       *gaugeMetadata     `yaml:",omitempty"`
	Histogram   *histogramMetadata `yaml:",omitempty"`
}

type sumMetadata struct {
	ValueType string `yaml:"value_type"`
	Monotonic bool
	Async     bool `yaml:",omitempty"`
}

type gaugeMetadata struct {
	ValueType string `yaml:"value_type"`
	Async     bool   `yaml:",omitempty"`
}

type histogramMetadata struct {
	ValueType  string    `yaml:"value_type"`
	Boundaries []float64 `yaml:"bucket_boundaries,flow"`
}

func readMetadata(t *testing.T, folder string) metadata {
	t.Helper()
	var m metadata
	require.NoError(t, yaml.Unmarshal([]byte(read(t, folder+"/metadata.yaml")), &m))
	return m
}

// describedComponent is a component with a metadata.yaml.
type describedComponent struct {
	folder string
	// start runs the component, so that it creates all its instruments. It returns the factory and the stability.
	start func(*testing.T, component.TelemetrySettings) (component.Factory, string)
}

var described = []describedComponent{
	{"receiver/vpcflowreceiver", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := vpcflowreceiver.NewFactory()
		set := receivertest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		c, err := factory.CreateLogs(t.Context(), set, configure(t, factory,
			`{files: {include: [x]}, s3: {bucket: b, region: eu-west-1, follow: true}, firehose: {endpoint: "localhost:0"}, kafka: {logs: {topics: [x]}}}`), consumertest.NewNop())
		require.NoError(t, err)
		require.NoError(t, c.Shutdown(t.Context()))
		return factory, factory.LogsStability().String()
	}},
	{"processor/vpcdetectionprocessor", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := vpcdetectionprocessor.NewFactory()
		set := processortest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		c, err := factory.CreateLogs(t.Context(), set, configure(t, factory, "{}"), consumertest.NewNop())
		require.NoError(t, err)
		startAndStop(t, c)
		return factory, factory.LogsStability().String()
	}},
	{"exporter/alertnotifierexporter", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := alertnotifierexporter.NewFactory()
		set := exportertest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		c, err := factory.CreateLogs(t.Context(), set, configure(t, factory, "{console: true}"))
		require.NoError(t, err)
		startAndStop(t, c)
		return factory, factory.LogsStability().String()
	}},
	{"extension/kafkastorageextension", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := kafkastorageextension.NewFactory()
		set := extensiontest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		_, err := factory.Create(t.Context(), set, configure(t, factory, "{}"))
		require.NoError(t, err)
		return factory, factory.Stability().String()
	}},
	{"extension/ocsfencodingextension", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := ocsfencodingextension.NewFactory()
		set := extensiontest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		_, err := factory.Create(t.Context(), set, configure(t, factory, "{}"))
		require.NoError(t, err)
		return factory, factory.Stability().String()
	}},
	{"exporter/vpcdashboardexporter", func(t *testing.T, telemetry component.TelemetrySettings) (component.Factory, string) {
		t.Helper()
		factory := vpcdashboardexporter.NewFactory()
		set := exportertest.NewNopSettings(factory.Type())
		set.TelemetrySettings = telemetry
		c, err := factory.CreateLogs(t.Context(), set, configure(t, factory, `{endpoint: "localhost:0", metrics_endpoint: ""}`))
		require.NoError(t, err)
		startAndStop(t, c)
		return factory, factory.LogsStability().String()
	}},
}

func configure(t *testing.T, factory component.Factory, text string) component.Config {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(text))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, conf.Unmarshal(cfg))
	return cfg
}

func startAndStop(t *testing.T, c component.Component) {
	t.Helper()
	require.NoError(t, c.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, c.Shutdown(t.Context()))
}

func TestMetadataMatchesTheCode(t *testing.T) {
	for _, c := range described {
		t.Run(filepath.Base(c.folder), func(t *testing.T) {
			want := readMetadata(t, c.folder)
			instruments := &instrumentRecorder{metrics: map[string]metricMetadata{}}
			telemetry := componenttest.NewNopTelemetrySettings()
			telemetry.MeterProvider = instruments
			factory, stability := c.start(t, telemetry)

			assert.Equal(t, want.Type, factory.Type().String())
			kind, _, _ := strings.Cut(c.folder, "/")
			assert.Equal(t, kind, want.Status.Class)
			signal := "logs"
			if kind == "extension" {
				signal = kind
			}
			assert.Equal(t, map[string][]string{strings.ToLower(stability): {signal}}, want.Status.Stability)
			for name, m := range want.Telemetry.Metrics {
				assert.True(t, m.Enabled, name)
				m.Attributes = nil // the code names attributes only when it records a value
				want.Telemetry.Metrics[name] = m
			}
			for name, m := range instruments.metrics {
				assert.Equal(t, m, want.Telemetry.Metrics[name], name)
			}
			assert.ElementsMatch(t, slices.Collect(maps.Keys(instruments.metrics)), slices.Collect(maps.Keys(want.Telemetry.Metrics)))
		})
	}
}

// The tests of each component compare its README with the values that it records.
func TestMetadataHasTheAttributesOfTheReadme(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `(vpc_flow\\.[a-z0-9_.]+)` \\|(.*)$")
	word := regexp.MustCompile("`([a-z_]+)`")
	for _, c := range described {
		m := readMetadata(t, c.folder)
		rows := row.FindAllStringSubmatch(read(t, c.folder+"/README.md"), -1)
		assert.Len(t, rows, len(m.Telemetry.Metrics), c.folder)
		used := map[string]bool{}
		for _, match := range rows {
			cells := strings.Split(match[2], "|")
			cell := cells[0]
			if len(cells) > 3 { // the columns type and unit come first
				cell = cells[2]
			}
			var attributes []string
			for _, name := range word.FindAllStringSubmatch(cell, -1) {
				attributes = append(attributes, name[1])
				used[name[1]] = true
				assert.Equal(t, "string", m.Attributes[name[1]].Type, "%s: attribute %s", c.folder, name[1])
				assert.NotEmpty(t, m.Attributes[name[1]].Description, "%s: attribute %s", c.folder, name[1])
			}
			assert.Equal(t, attributes, m.Telemetry.Metrics[match[1]].Attributes, match[1])
		}
		assert.Len(t, m.Attributes, len(used), c.folder)
	}
}

func TestReadmesHaveTheStability(t *testing.T) {
	for _, c := range described {
		for stability := range readMetadata(t, c.folder).Status.Stability {
			assert.Contains(t, read(t, c.folder+"/README.md"), "| Stability | "+stability+" |")
		}
	}
}

func TestEachComponentHasMetadata(t *testing.T) {
	for _, kind := range []string{"receiver", "processor", "exporter", "extension", "connector"} {
		factories, err := filepath.Glob(filepath.Join("..", kind, "*", "factory.go"))
		require.NoError(t, err)
		for _, factory := range factories {
			folder := filepath.ToSlash(filepath.Dir(factory))[len("../"):]
			assert.True(t, slices.ContainsFunc(described, func(c describedComponent) bool { return c.folder == folder }),
				"%s has no metadata.yaml that a test checks", folder)
		}
	}
}
