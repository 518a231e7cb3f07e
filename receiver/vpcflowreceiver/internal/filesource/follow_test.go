// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestFilesBecomeRecords(t *testing.T) {
	for name, configure := range map[string]func(*Config, *fileconsumer.Config){
		"default":        func(*Config, *fileconsumer.Config) {},
		"header":         func(*Config, *fileconsumer.Config) {},
		"header_changes": func(*Config, *fileconsumer.Config) {},
		"gzip":           func(*Config, *fileconsumer.Config) {},
		"tgw":            func(c *Config, _ *fileconsumer.Config) { c.Format = []string{"tgw"} },
		"names": func(_ *Config, f *fileconsumer.Config) {
			f.Include = []string{"testdata/read/names/*.log"}
			f.IncludeFileName, f.IncludeFilePath = true, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			folder := filepath.Join("testdata", "read", name)
			text, err := os.ReadFile(filepath.Join(folder, "flow.log"))
			require.NoError(t, err)
			if name == "gzip" {
				r.write("flow.log.gz", zip(t, string(text)))
			} else {
				r.write("flow.log", string(text))
			}
			configure(r.cfg, r.cfg.Files.Get())
			r.start()
			require.Eventually(t, func() bool { return r.sink.LogRecordCount() > 0 }, timeout, tick)
			require.Len(t, r.sink.AllLogs(), 1)
			got := r.sink.AllLogs()[0]
			expected := filepath.Join(folder, "expected.yaml")
			want, err := golden.ReadLogs(expected)
			require.NoError(t, err)
			assert.NoError(t, plogtest.CompareLogs(want, got, plogtest.IgnoreObservedTimestamp()))
		})
	}
}

func TestFilesAreReadOneAfterTheOtherInOrderOfTheirNames(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxBatchSize = 10
	r.write("c.log", v2(401, 450))
	r.write("a.log.gz", zip(t, v2(1, 300)))
	r.write("b.log", short(1, 1)+shortHeader+short(301, 400))
	r.start()
	r.ports(upTo(1, 450)...)
	r.counted("bad_lines", map[string]int64{"too_few_fields": 1})
}

func TestBatchesHaveAtMostMaxBatchSizeRecords(t *testing.T) {
	for name, write := range map[string]func(r *rig, text string){
		"text": func(r *rig, text string) { r.write("a.log", text) },
		"gzip": func(r *rig, text string) { r.write("a.log.gz", zip(t, text)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.cfg.MaxBatchSize = 300
			write(r, v2(1, 1000))
			r.start()
			r.ports(upTo(1, 1000)...)
			sizes := []int{}
			for _, batch := range r.sink.AllLogs() {
				sizes = append(sizes, batch.LogRecordCount())
			}
			assert.Equal(t, []int{300, 300, 300, 100}, sizes)
			r.counted("records", map[string]int64{"": 1000})
		})
	}
}

func TestLinesThatAreAppendedAreFollowed(t *testing.T) {
	r := newRig(t)
	r.write("a.log", shortHeader)
	r.start()
	r.says(zapcore.InfoLevel, "has a header and no records", "a.log")
	r.append("a.log", short(1, 2))
	r.ports(1, 2)
	r.append("a.log", short(3, 100))
	r.ports(upTo(1, 100)...)
	r.append("a.log", strings.TrimSuffix(short(101, 101), "\n"))
	r.ports(upTo(1, 101)...)
	r.counted("files", map[string]int64{"header_only": 1, "read": 1})
}

func TestStartAtEndReadsOnlyWhatIsAppended(t *testing.T) {
	r := newRig(t)
	r.cfg.Files.Get().StartAt = startAtEnd
	whole := zip(t, v2(2001, 2800))
	cut := whole[:len(whole)/2]
	r.write("a.log", shortHeader+short(1, 100))
	r.write("b.log", v2(1001, 1001))
	r.write("c.log.gz", cut)
	r.start()
	r.polled()
	assert.Empty(t, r.sink.AllLogs())

	r.append("a.log", short(101, 102)) // The header gives the format, though its line is not read.
	r.ports(101, 102)
	r.append("b.log", v2(1002, 1002))
	r.ports(101, 102, 1002)
	r.write("c.log.gz", whole)
	require.Eventually(t, func() bool {
		ports := sourcePorts(r.sink.AllLogs())
		return ports[len(ports)-1] == 2800
	}, timeout, tick)
	readable := strings.Count(unzipped(cut), "\n")
	assert.Equal(t, append([]int{101, 102, 1002}, upTo(2001+readable, 2800)...), sourcePorts(r.sink.AllLogs()))
	r.counted("bad_lines", map[string]int64{})
}

func TestEmitLinesLeavesTheLineInTheBody(t *testing.T) {
	const line = "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.5 10.0.2.10 50000 2000 6 1 60 1736899200 1736899259 REJECT OK"
	for _, name := range []string{"flow.log", "flow.log.gz"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.cfg.Emit = emitLines
			text := flow.Default.String() + "\n" + line + "\n"
			if name == "flow.log.gz" {
				text = zip(t, text)
			}
			r.write(name, text)
			r.start()
			require.Eventually(t, func() bool { return r.sink.LogRecordCount() > 0 }, timeout, tick)
			scope := r.sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0)
			format, _ := scope.Scope().Attributes().Get("vpc_flow.format")
			assert.Equal(t, flow.Default.String(), format.Str())
			require.Equal(t, 1, scope.LogRecords().Len())
			assert.Equal(t, line, scope.LogRecords().At(0).Body().Str())
			assert.Zero(t, scope.LogRecords().At(0).Attributes().Len())
		})
	}
}
