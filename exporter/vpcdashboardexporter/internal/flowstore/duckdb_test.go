// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// duckdb runs a query in DuckDB and returns the rows. The test is skipped if DuckDB is not installed, except in CI.
func duckdb(t *testing.T, query string) (rows [][]any) {
	t.Helper()
	python, err := filepath.Abs("../../../../_build/duckdb/bin/python")
	require.NoError(t, err)
	if _, err := os.Stat(python); err != nil && os.Getenv("CI") == "" {
		t.Skip("DuckDB is not installed: make duckdb")
	}
	command := exec.CommandContext(t.Context(), python, "-c",
		"import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall(), default=str))", query)
	command.Stderr = os.Stderr
	out, err := command.Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &rows))
	return rows
}

func TestDuckDBReadsTheSameFlows(t *testing.T) {
	r := newRig(t)
	var want [3]uint64 // flows, bytes and packets of internal_to_external
	for hour := range 3 {
		flows := testFlows(100*hour, 70_000, noon.Add(time.Duration(-hour)*time.Hour))
		for i := range flows {
			if i%2 == 0 {
				flows[i].Src, flows[i].Dst = flows[i].Dst, flows[i].Src
				flows[i].Action = flow.Reject
				continue
			}
			want[0]++
			want[1] += flows[i].Bytes
			want[2] += flows[i].Packets
		}
		r.Add(flows)
		r.flush(uint64(70_000 * (hour + 1)))
	}
	folder := "read_parquet('" + r.dir + "/*/*.parquet')"
	totals := "SELECT count(*), sum(bytes)::BIGINT, sum(packets)::BIGINT FROM " + folder
	check := func() {
		t.Helper()
		assert.Equal(t, [][]any{{float64(want[0]), float64(want[1]), float64(want[2])}}, duckdb(t, totals+" WHERE class = 'internal_to_external' AND action = 'ACCEPT'"))
		assert.Equal(t, [][]any{{70_000.0}}, duckdb(t, "SELECT count(*) FROM "+folder+" WHERE hour = '2026-03-10-11'"), "the hour of the folder")
		assert.Equal(t, [][]any{{2.0}}, duckdb(t, "SELECT count(*) FROM "+folder+" WHERE dstaddr = '8.8.4.101' AND start >= 1773144000"), "by Bloom filter and statistics")
		assert.Equal(t, [][]any{{"10.0.0.1", "8.8.0.7", 443.0, 7.0}}, duckdb(t, "SELECT srcaddr, dstaddr, dstport, bytes FROM "+folder+" WHERE bytes = 7 AND start = 1773144000"))
	}
	check()
	r.setNow(noon.Add(quietPeriod))
	r.compactAll(t.Context())
	require.Equal(t, 3, r.Status().Files)
	check()
}
