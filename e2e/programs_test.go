// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// program finds a program that the machine may lack, of the Debian package. Where CI is set it has to be there.
func program(t *testing.T, name, pkg string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("%s is not installed: apt-get install %s", name, pkg)
	}
	require.NoError(t, err, "apt-get install %s", pkg)
	return path
}
