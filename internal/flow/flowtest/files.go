// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// SampleFiles returns the paths of all sample files, for tests in internal/flow and its subpackages.
func SampleFiles(tb testing.TB) []string {
	tb.Helper()
	examples, err := filepath.Glob(filepath.Join(root(tb), "testdata/aws/*.log"))
	require.NoError(tb, err)
	made, err := filepath.Glob(filepath.Join(root(tb), "internal/flow/testdata/*.log"))
	require.NoError(tb, err)
	files := slices.Concat(examples, made)
	require.Len(tb, files, 9)
	return files
}

// SampleLines returns the lines of all sample files that are not blank, without their line ends.
func SampleLines(tb testing.TB) []string {
	tb.Helper()
	var lines []string
	for _, file := range SampleFiles(tb) {
		data, err := os.ReadFile(file)
		require.NoError(tb, err)
		for line := range strings.Lines(string(data)) {
			if flow.Trim(line) != "" {
				lines = append(lines, strings.TrimRight(line, "\r\n"))
			}
		}
	}
	return lines
}

// root returns the folder of the module.
func root(tb testing.TB) string {
	tb.Helper()
	for folder := "."; ; folder = filepath.Join(folder, "..") {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		require.Less(tb, len(folder), 100, "find go.mod")
	}
}
