// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestFilesBecomeRecords(t *testing.T) {
	for name, configure := range map[string]func(*fixture){
		"default":        func(*fixture) {},
		"header":         func(*fixture) {},
		"header_changes": func(*fixture) {},
		"gzip":           func(*fixture) {},
		"tgw":            func(r *fixture) { r.Config.Format = flow.TransitGateway },
		"names": func(r *fixture) {
			r.files.Include = []string{"testdata/read/names/*.log"}
			r.files.IncludeFileName, r.files.IncludeFilePath = true, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			folder := filepath.Join("testdata", "read", name)
			text, err := os.ReadFile(filepath.Join(folder, "flow.log"))
			require.NoError(t, err)
			if name == "gzip" {
				r.write("flow.log.gz", gzipped(t, string(text)))
			} else {
				r.write("flow.log", string(text))
			}
			configure(r)
			r.start()
			require.Eventually(t, func() bool { return r.Sink.LogRecordCount() > 0 }, timeout, tick)
			require.Len(t, r.Sink.AllLogs(), 1)
			got := r.Sink.AllLogs()[0]
			expected := filepath.Join(folder, "expected.yaml")
			want, err := golden.ReadLogs(expected)
			require.NoError(t, err)
			assert.NoError(t, plogtest.CompareLogs(want, got, plogtest.IgnoreObservedTimestamp()))
		})
	}
}

func TestFilesAreReadOneAfterTheOtherInTheOrderOfTheirNames(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 10
	r.write("c.log", lines(401, 450))
	r.write("a.log.gz", gzipped(t, lines(1, 300)))
	r.write("b.log", shortLines(1, 1)+shortHeader+shortLines(301, 400))
	r.start()
	r.RequirePorts(ports(1, 450)...)
	r.RequireCounter("bad_lines", map[string]int64{"too_few_fields": 1})
}

func TestBatchesHaveAtMostMaxBatchSizeRecords(t *testing.T) {
	for name, write := range map[string]func(r *fixture, text string){
		"text": func(r *fixture, text string) { r.write("a.log", text) },
		"gzip": func(r *fixture, text string) { r.write("a.log.gz", gzipped(t, text)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.Config.MaxBatchSize = 300
			write(r, lines(1, 1000))
			r.start()
			r.RequirePorts(ports(1, 1000)...)
			sizes := []int{}
			for _, batch := range r.Sink.AllLogs() {
				sizes = append(sizes, batch.LogRecordCount())
			}
			assert.Equal(t, []int{300, 300, 300, 100}, sizes)
			r.RequireCounter("records", map[string]int64{"": 1000})
		})
	}
}

func TestAppendedLinesAreRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", shortHeader)
	r.start()
	r.requireMessage(zapcore.InfoLevel, "has a header and no records", "a.log")
	r.append("a.log", shortLines(1, 2))
	r.RequirePorts(1, 2)
	r.append("a.log", shortLines(3, 100))
	r.RequirePorts(ports(1, 100)...)
	r.append("a.log", strings.TrimSuffix(shortLines(101, 101), "\n"))
	r.RequirePorts(ports(1, 101)...)
	r.RequireCounter("files", map[string]int64{"header_only": 1, "read": 1})
}

func TestStartAtEndReadsOnlyAppendedLines(t *testing.T) {
	r := newFixture(t)
	r.files.StartAt = StartAtEnd
	whole := gzipped(t, lines(2001, 2800))
	cut := whole[:len(whole)/2]
	r.write("a.log", shortHeader+shortLines(1, 100))
	r.write("b.log", lines(1001, 1001))
	r.write("c.log.gz", cut)
	r.start()
	r.waitForPolls()
	assert.Empty(t, r.Sink.AllLogs())

	r.append("a.log", shortLines(101, 102)) // The header gives the format, even though reading starts after it.
	r.RequirePorts(101, 102)
	r.append("b.log", lines(1002, 1002))
	r.RequirePorts(101, 102, 1002)
	r.write("c.log.gz", whole)
	require.Eventually(t, func() bool {
		ports := ingesttest.SourcePorts(r.Sink.AllLogs())
		return ports[len(ports)-1] == 2800
	}, timeout, tick)
	readable := strings.Count(gunzipped(cut), "\n")
	assert.Equal(t, append([]int{101, 102, 1002}, ports(2001+readable, 2800)...), ingesttest.SourcePorts(r.Sink.AllLogs()))
	r.RequireCounter("bad_lines", map[string]int64{})
}

func TestEmitLinesPutsTheLineIntoTheBody(t *testing.T) {
	const line = "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.5 10.0.2.10 50000 2000 6 1 60 1736899200 1736899259 REJECT OK"
	for _, name := range []string{"flow.log", "flow.log.gz"} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			r.Config.Emit = otlp.EmitLines
			text := flow.Default.String() + "\n" + line + "\n"
			if name == "flow.log.gz" {
				text = gzipped(t, text)
			}
			r.write(name, text)
			r.start()
			require.Eventually(t, func() bool { return r.Sink.LogRecordCount() > 0 }, timeout, tick)
			scope := r.Sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0)
			format, _ := scope.Scope().Attributes().Get("vpc_flow.format")
			assert.Equal(t, flow.Default.String(), format.Str())
			require.Equal(t, 1, scope.LogRecords().Len())
			assert.Equal(t, line, scope.LogRecords().At(0).Body().Str())
			assert.Zero(t, scope.LogRecords().At(0).Attributes().Len())
		})
	}
}
