// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// maxBinary is the greatest size of the collector, in bytes. CONTRIBUTING.md lists the heaviest dependencies.
const maxBinary = 80_000_000

func TestTheBinaryIsSmall(t *testing.T) {
	t.Parallel()
	file, err := os.Stat(binaryPath(t))
	require.NoError(t, err)
	assert.Less(t, file.Size(), int64(maxBinary), "leave out a dependency")
}
