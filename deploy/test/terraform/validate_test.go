// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// terraform runs the command in a folder and returns its output.
func terraform(t *testing.T, folder string, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "terraform", append([]string{"-chdir=" + folder}, arguments...)...)
	command.Env = append(command.Environ(), "TF_PLUGIN_CACHE_DIR="+filepath.Dir(filepath.Dir(folder)), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1", "CHECKPOINT_DISABLE=1")
	output, err := command.CombinedOutput()
	return string(output), err
}

// TestTerraformValidatesTheModules needs the provider for AWS, which Terraform downloads.
func TestTerraformValidatesTheModules(t *testing.T) {
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed")
	}
	folder := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(folder, "deploy/terraform"), os.DirFS(modulesFolder)))
	member, err := os.ReadFile("../../member.yaml") // a module reads it
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "deploy/member.yaml"), member, 0o600))

	modules := filepath.Join(folder, "deploy/terraform")
	output, err := terraform(t, modules, "fmt", "-check", "-diff", "-recursive")
	require.NoError(t, err, output)
	for _, name := range slices.Sorted(maps.Keys(scenarios)) {
		output, err := terraform(t, filepath.Join(modules, name), "init", "-backend=false", "-input=false", "-no-color")
		if err != nil && strings.Contains(output, "Failed to query available provider packages") {
			t.Skip("terraform validate needs the provider for AWS, but the registry cannot be reached. The format is correct.")
		}
		require.NoError(t, err, output)
		output, err = terraform(t, filepath.Join(modules, name), "validate", "-no-color")
		require.NoError(t, err, output)
	}
}
