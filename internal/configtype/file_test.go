// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list.txt")
	require.ErrorIs(t, CheckFile(path), fs.ErrNotExist)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, CheckFile(path))
	assert.EqualError(t, CheckFile(dir), "read "+dir+": is a folder")
}
