// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package e2e tests the whole distribution, its sample configurations and its demo.
package e2e

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const ownModule = "github.com/vpcflow/otelcol-vpcflow"

// collectorModule matches a requirement in go.mod and a gomod entry in builder-config.yaml.
var collectorModule = regexp.MustCompile(
	`(?:go\.opentelemetry\.io/collector|github\.com/open-telemetry/opentelemetry-collector-contrib)/[\w./-]+ (v\d+)(\.[\w.+-]+)`)

// TestCollectorModulesAreOfOneRelease checks that all modules of the Collector have the same release. A release has two
// versions: v0 for unstable modules and v1 for stable ones.
func TestCollectorModulesAreOfOneRelease(t *testing.T) {
	releases := map[string][]string{}
	for _, name := range []string{"builder-config.yaml", "go.mod", "tools/go.mod"} {
		modules := collectorModule.FindAllStringSubmatch(read(t, name), -1)
		require.NotEmpty(t, modules, name)
		for _, module := range modules {
			major, version := module[1], module[1]+module[2]
			if !slices.Contains(releases[major], version) {
				releases[major] = append(releases[major], version)
			}
			assert.Len(t, releases[major], 1, "%s has a module of another release: %s", name, module[0])
		}
	}
}

func TestDistributionHasAllOwnComponents(t *testing.T) {
	type part struct {
		GoMod  string `yaml:"gomod"`
		Import string `yaml:"import"`
		Path   string `yaml:"path"`
	}
	var builder struct {
		Receivers  []part `yaml:"receivers"`
		Processors []part `yaml:"processors"`
		Exporters  []part `yaml:"exporters"`
		Extensions []part `yaml:"extensions"`
		Providers  []part `yaml:"providers"`
		Converters []part `yaml:"converters"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "builder-config.yaml")), &builder))

	for kind, parts := range map[string][]part{
		"receiver":  builder.Receivers,
		"processor": builder.Processors,
		"exporter":  builder.Exporters,
		"extension": builder.Extensions,
		"provider":  builder.Providers,
		"converter": builder.Converters,
	} {
		var want, got []part
		factories, err := filepath.Glob(filepath.Join("..", kind, "*", "factory.go"))
		require.NoError(t, err)
		for _, factory := range factories {
			name := filepath.Base(filepath.Dir(factory))
			want = append(want, part{GoMod: ownModule + " v0.0.0", Import: path.Join(ownModule, kind, name), Path: "."})
		}
		for _, part := range parts {
			if strings.HasPrefix(part.GoMod, ownModule+" ") {
				got = append(got, part)
			}
		}
		assert.ElementsMatch(t, want, got, "%ss of builder-config.yaml", kind)
	}
}

// read returns the content of a file. The name is relative to the root of the repository.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(text)
}
