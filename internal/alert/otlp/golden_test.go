// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

var update = flag.Bool("update", false, "write the golden files")

func TestRecordMatchesGoldenFile(t *testing.T) {
	for name, a := range kinds {
		t.Run(name, func(t *testing.T) {
			got := plog.NewLogs()
			Append(got, "github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor", "v1.2.3", []*alert.Alert{&a})
			path := filepath.Join("testdata", name+".yaml")
			if *update {
				require.NoError(t, golden.WriteLogsToFile(path, got))
			}
			want, err := golden.ReadLogs(path)
			require.NoError(t, err)
			require.NoError(t, plogtest.CompareLogs(want, got))
			for read, err := range All(want) {
				require.NoError(t, err)
				assert.Equal(t, a, *read, "the file decodes to the alert")
			}
		})
	}
}

func TestEachGoldenFileIsCompared(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.yaml")
	require.NoError(t, err)
	assert.Len(t, paths, len(kinds), "each file has a test case")
}
