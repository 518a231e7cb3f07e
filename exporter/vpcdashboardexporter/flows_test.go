// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConsumedFlowsAreOnDiskAfterShutdown(t *testing.T) {
	dir := t.TempDir()
	r := newHarness(t, "{endpoint: 'localhost:0', metrics_endpoint: '', flows: {directory: "+dir+", retention: 8784h}}").run()
	r.consumeLogs(decoded(requestLine))
	require.NoError(t, r.shutdown(t.Context()))
	assert.FileExists(t, filepath.Join(dir, "hour=2025-01-06-00", "0000000001-0000000001.parquet"))
}

func TestADirectoryThatCannotBeUsedStopsTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	r := newHarness(t, "{endpoint: 'localhost:0', metrics_endpoint: '', flows: {directory: "+path+"}}")
	require.ErrorContains(t, r.start(t.Context(), r), "flows::directory: ")
}

func TestFlowsThatCannotBeWrittenAreReported(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hour=2025-01-06-00"), nil, 0o600))
	r := newHarness(t, "{endpoint: 'localhost:0', metrics_endpoint: '', flows: {directory: "+dir+"}}").run()
	r.consumeLogs(decoded(requestLine))
	require.NoError(t, r.shutdown(t.Context()))
	assert.Equal(t, 1, r.logged.FilterMessageSnippet("fail to store flows").Len())
	assert.Equal(t, int64(0), r.measured()["vpc_flow.dashboard.flows_not_stored reason=write_error"], "no metrics after shutdown")
	assert.Equal(t, uint64(1), r.flows.Status().NotStored["write_error"])
}
