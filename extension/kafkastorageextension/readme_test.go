// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
)

func TestReadmeNamesEachOption(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, key := range configdecode.Keys(new(plainConfig)) {
		assert.True(t, strings.Contains(string(text), "| `"+key+"`") || strings.Contains(string(text), "| `"+key+"::"), key)
	}
	for name, value := range topicSettings {
		assert.Contains(t, string(text), "`"+name+"`")
		assert.Contains(t, string(text), "`"+*value+"`")
	}
	for _, err := range []error{errMissingChunk} {
		assert.Contains(t, string(text), "`"+err.Error()+"`")
	}
}

func TestReadmeExamplesAreValid(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	examples := strings.Split(string(text), "```yaml\n")[1:]
	require.Len(t, examples, 3)
	for _, example := range examples {
		example, _, _ = strings.Cut(example, "```")
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(example))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		section, err := conf.Sub("extensions::kafka_storage")
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, section.Unmarshal(cfg), example)
		require.NoError(t, cfg.Validate(), example)
	}
}
