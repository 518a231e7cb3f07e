// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/vpcflow/otelcol-vpcflow/"

// components are the folders of the Collector's components, converters and providers. None of them may reach another
// one.
var components = []string{
	"receiver/vpcflowreceiver",
	"processor/vpcdetectionprocessor",
	"exporter/alertnotifierexporter",
	"exporter/vpcdashboardexporter",
	"extension/kafkastorageextension",
	"extension/ocsfencodingextension",
	"converter/configcheckconverter",
	"provider/strictenvprovider",
}

// forbidden lists the imports that a package, and every package that it reaches, must not have. Each entry is a prefix
// of an import path.
var forbidden = map[string][]string{
	"internal/detect": {"go.opentelemetry.io/", "github.com/parquet-go/", module + "internal/flow/"},
	"internal/flow": {
		"go.opentelemetry.io/", "github.com/parquet-go/", module + "internal/network", module + "internal/threatlist",
		module + "internal/alert", module + "internal/detect",
	},
	"internal/flow/otlp":     {module + "internal/alert", module + "internal/detect"},
	"internal/flow/parquet":  {module + "internal/alert", module + "internal/detect"},
	"internal/flow/envelope": {module + "internal/alert", module + "internal/detect"},
	"internal/network":       {"go.opentelemetry.io/", module + "internal/threatlist", module + "internal/alert", module + "internal/detect"},
	"internal/threatlist":    {module + "internal/alert", module + "internal/detect"},
	"internal/alert":         {"go.opentelemetry.io/", "github.com/parquet-go/", module + "internal/detect"},
	"internal/alert/otlp":    {module + "internal/detect"},
	"internal/ocsf":          {"go.opentelemetry.io/", "github.com/parquet-go/", module + "internal/detect"},
}

func TestPackagesReachOnlyWhatIsBelowThem(t *testing.T) {
	for folder, prefixes := range forbidden {
		t.Run(folder, func(t *testing.T) {
			for _, dependency := range dependencies(t, "../"+folder) {
				for _, prefix := range prefixes {
					assert.False(t, strings.HasPrefix(dependency, prefix), "%s reaches %s", folder, dependency)
				}
			}
		})
	}
}

func TestInternalPackagesAndOtherComponentsDoNotReachAComponent(t *testing.T) {
	for _, root := range append([]string{"internal"}, components...) {
		t.Run(root, func(t *testing.T) {
			for _, dependency := range dependencies(t, "../"+root+"/...") {
				for _, component := range components {
					if component != root {
						assert.False(t, strings.HasPrefix(dependency, module+component), "%s reaches %s", root, dependency)
					}
				}
			}
		})
	}
}

// dependencies returns the import paths of the packages and of all packages that they reach, except through tests.
func dependencies(t *testing.T, pattern string) []string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pattern).Output()
	require.NoError(t, err)
	list := strings.Fields(string(output))
	require.NotEmpty(t, list)
	return list
}
