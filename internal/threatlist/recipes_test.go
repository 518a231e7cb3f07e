// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// recipe is a list in config/threat-lists.yaml.
type recipe struct {
	Name     string
	Category string
	Format   Format
	Column   string
	Refresh  time.Duration `yaml:"refresh_interval"`
}

// recipeSamples are invented texts in the form of the lists.
var recipeSamples = map[string]struct {
	text    string
	want    []string
	skipped int
}{
	"feodo": {"# Botnet addresses of the last month\r\n#\r\n# Addr\r\n9.8.7.6\r\n# 1 entry\r\n", []string{"9.8.7.6/32"}, 0},
	"sslbl": {
		"#####\r\n# Addresses with known certificates\r\n#\r\n# Firstseen,DstIP,DstPort\r\n2025-01-01 00:00:00,9.8.7.6,443\r\n# END 1\r\n",
		[]string{"9.8.7.6/32"},
		0,
	},
	"mining":         {"# pools\n\n# Reference: somewhere\n\n9.8.7.6:3333\n9.8.7.5\npool.example.com\n", []string{"9.8.7.6/32", "9.8.7.5/32"}, 1},
	"drop":           {`{"cidr":"9.8.0.0/20","sblid":"SBL1","rir":"arin"}` + "\n" + `{"type":"metadata","size":1,"copyright":"c"}` + "\n", []string{"9.8.0.0/20"}, 0},
	"drop_v6":        {`{"cidr":"2a02:100::/32","sblid":"SBL2","rir":"ripencc"}` + "\n" + `{"type":"metadata","size":1}` + "\n", []string{"2a02:100::/32"}, 0},
	"et_compromised": {"9.8.7.6\n9.8.7.5\n", []string{"9.8.7.6/32", "9.8.7.5/32"}, 0},
	"tor":            {"9.8.7.6\n9.8.7.5\n", []string{"9.8.7.6/32", "9.8.7.5/32"}, 0},
	"firehol_level1": {"#\n# level 1\n#\n0.0.0.0/8\n9.8.7.0/24\n9.8.6.5\n224.0.0.0/3\n", []string{"0.0.0.0/8", "9.8.7.0/24", "9.8.6.5/32"}, 1},
	"abuseipdb":      {`{"meta":{"generatedAt":"2025-01-01T00:00:00+00:00"},"data":[{"ipAddress":"9.8.7.6","abuseConfidenceScore":100}]}`, []string{"9.8.7.6/32"}, 0},
}

func TestRecipesOfThreatListsAreComplete(t *testing.T) {
	text, err := os.ReadFile("../../config/threat-lists.yaml")
	require.NoError(t, err)
	var config struct {
		Processors struct {
			Detection struct {
				Lists yaml.Node `yaml:"threat_lists"`
			} `yaml:"vpc_detection"`
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	nodes := config.Processors.Detection.Lists.Content
	assert.Len(t, nodes, len(recipeSamples))
	for _, node := range nodes {
		var r recipe
		require.NoError(t, node.Decode(&r))
		t.Run(r.Name, func(t *testing.T) {
			assert.Contains(t, node.HeadComment, "# License: ")
			assert.NotEmpty(t, r.Category)
			assert.GreaterOrEqual(t, r.Refresh, time.Hour)
			sample, ok := recipeSamples[r.Name]
			require.True(t, ok, "there is no sample")
			entries, err := Parse([]byte(sample.text), r.Name, r.Format, r.Column)
			require.NoError(t, err)
			assert.Equal(t, sample.want, textsOf(entries.Always))
			assert.Equal(t, sample.skipped, entries.Skipped.Count)
		})
	}
}
