// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// program returns the path of a program from a Debian package. It skips the test if the program is missing, or fails it if
// CI is set.
func program(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("%s is not installed: apt-get install %s", name, pkg)
	}
	require.NoError(t, err, "apt-get install %s", pkg)
	return path
}

// start starts a program, which is killed when the test ends. Its output is logged if the test fails.
func start(t *testing.T, name string, arguments ...string) {
	t.Helper()
	run := exec.CommandContext(t.Context(), name, arguments...)
	var output strings.Builder
	run.Stdout, run.Stderr = &output, &output
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
		if t.Failed() {
			t.Log(output.String())
		}
	})
}
