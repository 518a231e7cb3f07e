// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

func TestReadmeNamesEachOptionOutcomeAndMetric(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(text)
	for _, key := range keys(reflect.TypeFor[Config]()) {
		// The options of retry_on_failure follow its name.
		assert.True(t, strings.Contains(readme, "`"+key+"`") || strings.Contains(readme, "`"+key+"::"), key)
	}
	for _, o := range []ingest.Outcome{
		ingest.OutcomeRead, ingest.OutcomeEmpty, ingest.OutcomeHeaderOnly, ingest.OutcomeUndecodable, ingest.OutcomeBinary,
		ingest.OutcomeTruncated, ingest.OutcomeCorrupt, ingest.OutcomeIncomplete,
	} {
		assert.Contains(t, readme, "`"+string(o)+"`")
	}
	for _, name := range []string{"records", "bad_lines", "control_messages", "files", "refused", "retries"} {
		assert.Contains(t, readme, "`vpc_flow.receiver."+name+"`")
	}
	for _, key := range filesource.UnsupportedOptions() {
		assert.Contains(t, readme, "`"+key+"`")
	}
}

// keys returns the options of a section and of the sources in it.
func keys(section reflect.Type) (names []string) {
	for field := range section.Fields() {
		name, rest, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case strings.HasPrefix(rest, "squash"):
			names = append(names, keys(field.Type)...)
		case name != "":
			names = append(names, name)
			if section, ok := optionalSection(field.Type); ok {
				names = append(names, keys(section)...)
			}
		}
	}
	return names
}

// optionalSection returns the type of the section in a configoptional.Optional of this project.
func optionalSection(optional reflect.Type) (reflect.Type, bool) {
	get, ok := reflect.PointerTo(optional).MethodByName("Get")
	if !ok || !strings.Contains(optional.Name(), "/vpcflowreceiver/") {
		return nil, false
	}
	return get.Type.Out(0).Elem(), true
}

func TestReadmeExamplesAreValid(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	examples := strings.Split(string(text), "```yaml\n")[1:]
	require.Len(t, examples, 13)
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
