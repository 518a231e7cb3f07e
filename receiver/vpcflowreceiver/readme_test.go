// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

func TestTheReadmeNamesEachOptionOutcomeAndMetric(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(text)
	for _, key := range slices.Concat(
		keys(reflect.TypeFor[Config]()), keys(reflect.TypeFor[fileconsumer.Config]()),
		keys(reflect.TypeFor[s3source.Config]()), keys(reflect.TypeFor[firehosesource.Config]()),
	) {
		// The options of retry_on_failure have their names behind it.
		assert.True(t, strings.Contains(readme, "`"+key+"`") || strings.Contains(readme, "`"+key+"::"), key)
	}
	for o := range outcomes {
		assert.Contains(t, readme, "`"+string(o)+"`")
	}

	r := newRig(t)
	tel, err := newTelemetry(r.telemetry.NewTelemetrySettings().MeterProvider)
	require.NoError(t, err)
	add(t.Context(), tel.files, 1, "outcome", "x")
	add(t.Context(), tel.badLines, 1, "reason", "x")
	add(t.Context(), tel.refused, 1, "kind", "x")
	tel.records.Add(t.Context(), 1)
	tel.controls.Add(t.Context(), 1)
	tel.retries.Add(t.Context(), 1)
	var all metricdata.ResourceMetrics
	require.NoError(t, r.telemetry.Reader.Collect(t.Context(), &all))
	require.Len(t, all.ScopeMetrics[0].Metrics, 6)
	for _, metric := range all.ScopeMetrics[0].Metrics {
		assert.Contains(t, readme, "`"+metric.Name+"`")
		assert.NotEmpty(t, metric.Description)
		assert.NotEmpty(t, metric.Unit)
	}
}

// keys are the options of a section, without those of the sections in it.
func keys(section reflect.Type) (names []string) {
	for field := range section.Fields() {
		name, rest, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case strings.HasPrefix(rest, "squash"):
			names = append(names, keys(field.Type)...)
		case name != "":
			names = append(names, name)
		}
	}
	return names
}

func TestTheExamplesOfTheReadmeAreGood(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	examples := strings.Split(string(text), "```yaml\n")[1:]
	require.Len(t, examples, 11)
	for _, example := range examples {
		example, _, _ = strings.Cut(example, "```")
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(example))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		sub, err := conf.Sub("receivers::vpc_flow")
		require.NoError(t, err)
		_, err = load(t, sub.ToStringMap())
		assert.NoError(t, err, example)
	}
}
