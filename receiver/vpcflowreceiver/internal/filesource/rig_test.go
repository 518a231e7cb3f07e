// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

const (
	tick    = 2 * time.Millisecond
	timeout = 20 * time.Second
)

// rig is a receiver in its surroundings: a folder of files, a sink, a storage extension, and what it says of itself.
type rig struct {
	t          testing.TB
	dir        string
	name       string
	cfg        *Config
	next       consumer.Logs
	sink       *consumertest.LogsSink
	logs       *observer.ObservedLogs
	telemetry  *componenttest.Telemetry
	extension  component.Component
	storageDir string
	receiver   receiver.Logs
}

func newRig(t testing.TB) *rig {
	r := &rig{t: t, dir: t.TempDir(), sink: new(consumertest.LogsSink), telemetry: componenttest.NewTelemetry()}
	r.next = r.sink
	r.cfg = createDefaultConfig().(*Config)
	files := r.cfg.Files.GetOrInsertDefault()
	files.Include = []string{filepath.Join(r.dir, "*.log*")}
	files.PollInterval = tick
	files.FlushPeriod = 10 * tick
	r.cfg.RetryOnFailure.InitialInterval = tick
	t.Cleanup(func() {
		r.stop()
		assert.NoError(t, r.telemetry.Shutdown(context.WithoutCancel(t.Context())))
	})
	return r
}

// keepPositions gives the receiver a storage extension, which outlives it.
func (r *rig) keepPositions() { r.openStorage(r.t.TempDir()) }

func (r *rig) openStorage(dir string) {
	r.storageDir = dir
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	ctx := r.t.Context()
	extension, err := factory.Create(ctx, extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(r.t, err)
	require.NoError(r.t, extension.Start(ctx, componenttest.NewNopHost()))
	r.t.Cleanup(func() {
		r.stop()
		assert.NoError(r.t, extension.Shutdown(context.Background()))
	})
	id := component.NewID(factory.Type())
	r.extension, r.cfg.Storage = extension, &id
}

// GetExtensions makes the rig the receiver's host.
func (r *rig) GetExtensions() map[component.ID]component.Component {
	if r.extension == nil {
		return nil
	}
	return map[component.ID]component.Component{*r.cfg.Storage: r.extension}
}

func (r *rig) start() {
	r.t.Helper()
	r.build()
	r.run()
}

func (r *rig) build() {
	r.t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	r.logs = logs
	set := receivertest.NewNopSettings(componentType)
	set.ID = component.NewIDWithName(componentType, r.name)
	set.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	var err error
	r.receiver, err = NewFactory().CreateLogs(r.t.Context(), set, r.cfg, r.next)
	require.NoError(r.t, err)
}

func (r *rig) run() {
	r.t.Helper()
	require.NoError(r.t, r.receiver.Start(r.t.Context(), r))
}

func (r *rig) stop() {
	if r.receiver != nil {
		assert.NoError(r.t, r.receiver.Shutdown(context.Background()))
		r.receiver = nil
	}
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) write(name, content string) {
	r.t.Helper()
	require.NoError(r.t, os.WriteFile(r.path(name), []byte(content), 0o600))
}

func (r *rig) append(name, content string) {
	r.t.Helper()
	out, err := os.OpenFile(r.path(name), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(r.t, err)
	defer out.Close()
	_, err = out.WriteString(content)
	require.NoError(r.t, err)
}

func (r *rig) rename(from, to string) {
	r.t.Helper()
	require.NoError(r.t, os.Rename(r.path(from), r.path(to)))
}

// ports waits until the sink has records with these source ports, and checks that they came in that order, once each.
// Every test line has a port of its own.
func (r *rig) ports(want ...int) {
	r.t.Helper()
	var got []int
	if !assert.Eventually(r.t, func() bool {
		got = sourcePorts(r.sink.AllLogs())
		return len(got) >= len(want)
	}, timeout, tick) {
		for _, entry := range r.logs.All() {
			r.t.Log(entry.Level, entry.Message, entry.ContextMap())
		}
	}
	require.Equal(r.t, want, got)
}

// portsInAnyOrder is ports where files may be read in one order or another.
func (r *rig) portsInAnyOrder(want ...int) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.sink.LogRecordCount() >= len(want) }, timeout, tick)
	require.ElementsMatch(r.t, want, sourcePorts(r.sink.AllLogs()))
}

// polled waits until the file consumer has looked at all files twice more.
func (r *rig) polled() {
	r.t.Helper()
	polls := func() int { return r.logs.FilterMessage("matched files").Len() }
	before := polls()
	require.Eventually(r.t, func() bool { return polls() > before+2 }, timeout, tick)
}

// says waits for a message about a file and checks that it comes once.
func (r *rig) says(level zapcore.Level, message, name string) map[string]any {
	r.t.Helper()
	messages := func() []observer.LoggedEntry {
		return r.logs.FilterMessageSnippet(message).FilterField(zap.String("file", r.path(name))).All()
	}
	require.Eventually(r.t, func() bool { return len(messages()) > 0 }, timeout, tick, message)
	r.polled()
	found := messages()
	require.Len(r.t, found, 1)
	assert.Equal(r.t, level, found[0].Level)
	return found[0].ContextMap()
}

// counted checks a counter, by the value of its label ("" where it has none).
func (r *rig) counted(name string, want map[string]int64) {
	r.t.Helper()
	got := map[string]int64{}
	assert.Eventually(r.t, func() bool {
		clear(got)
		metric, err := r.telemetry.GetMetric("vpc_flow.receiver." + name)
		if err != nil {
			return len(want) == 0
		}
		for _, point := range metric.Data.(metricdata.Sum[int64]).DataPoints {
			label := ""
			for _, attribute := range point.Attributes.ToSlice() {
				label = attribute.Value.AsString()
			}
			if point.Value != 0 { // Some are there from the start.
				got[label] += point.Value
			}
		}
		return assert.ObjectsAreEqual(want, got)
	}, timeout, tick)
	require.Equal(r.t, want, got)
}

func sourcePorts(all []plog.Logs) []int {
	ports := []int{}
	for _, logs := range all {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					port, _ := record.Attributes().Get("source.port")
					ports = append(ports, int(port.Int()))
				}
			}
		}
	}
	return ports
}

// v2 are lines in the default format, with the source ports from first to last.
func v2(first, last int) string {
	var text strings.Builder
	for port := first; port <= last; port++ {
		fmt.Fprintf(&text, "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 %d 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n", port)
	}
	return text.String()
}

const shortHeader = "srcport dstport srcaddr dstaddr protocol end\n"

// short are lines in the format of shortHeader.
func short(first, last int) string {
	var text strings.Builder
	for port := first; port <= last; port++ {
		fmt.Fprintf(&text, "%d 22 172.31.16.139 172.31.16.21 6 1418530070\n", port)
	}
	return text.String()
}

func upTo(first, last int) []int {
	ports := []int{}
	for port := first; port <= last; port++ {
		ports = append(ports, port)
	}
	return ports
}

// zip compresses a text, zipBadly gives other bytes for it, and unzipped as much of it as can be read.
func zip(t testing.TB, content string) string { return zipLevel(t, content, gzip.DefaultCompression) }

func zipBadly(t testing.TB, content string) string { return zipLevel(t, content, gzip.BestSpeed) }

func zipLevel(t testing.TB, content string, level int) string {
	t.Helper()
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, level)
	require.NoError(t, err)
	_, err = writer.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return buffer.String()
}

func unzipped(content string) string {
	reader, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(reader)
	return string(text)
}
