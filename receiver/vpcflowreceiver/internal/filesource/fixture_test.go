// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bytes"
	"context"
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
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const (
	tick    = ingesttest.Tick
	timeout = ingesttest.Timeout

	shortHeader    = ingesttest.ShortHeader
	controlMessage = ingesttest.ControlMessage
)

// The samples that most tests use. A line is identified by its source port.
var (
	lines      = ingesttest.Lines
	shortLines = ingesttest.ShortLines
	gzipped    = ingesttest.Gzip
	ports      = ingesttest.PortRange
	cloudWatch = ingesttest.CloudWatch
	messages   = ingesttest.Messages
)

// fixture is a source that reads the files *.log* of a folder.
type fixture struct {
	*ingesttest.Harness
	t          testing.TB
	dir        string
	files      *Config
	name       string
	storageDir string
	extension  storage.Extension
	client     storage.Client
	source     *Source
}

func newFixture(t testing.TB) *fixture {
	c := NewDefaultConfig()
	r := &fixture{Harness: ingesttest.NewHarness(t), t: t, dir: t.TempDir(), files: &c}
	c.Include = []string{filepath.Join(r.dir, "*.log*")}
	c.PollInterval = tick
	c.FlushPeriod = 10 * tick
	t.Cleanup(r.stop)
	return r
}

// keepCheckpoints configures a storage extension that is kept when the source restarts.
func (r *fixture) keepCheckpoints() { r.openStorage(r.t.TempDir()) }

func (r *fixture) openStorage(dir string) {
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
	r.storageDir, r.extension = dir, extension.(storage.Extension)
}

func (r *fixture) start() {
	r.t.Helper()
	r.build()
	r.run()
}

func (r *fixture) build() {
	r.t.Helper()
	var err error
	r.source, err = New(*r.files, r.NewIngester())
	require.NoError(r.t, err)
	r.source.emptyAfter = 50 * tick
	r.source.maxInterval = 0 // Each poll checks all files.
}

func (r *fixture) run() {
	r.t.Helper()
	if r.extension != nil {
		var err error
		id := component.NewIDWithName(component.MustNewType("vpc_flow"), r.name)
		r.client, err = r.extension.GetClient(r.t.Context(), component.KindReceiver, id, "")
		require.NoError(r.t, err)
	}
	require.NoError(r.t, r.source.Start(r.t.Context(), nil, r.client))
}

func (r *fixture) stop() {
	if r.source != nil {
		assert.NoError(r.t, r.source.Shutdown(context.Background()))
		r.source.ingester.Close()
		r.source = nil
	}
	if r.extension != nil && r.client != nil {
		assert.NoError(r.t, r.client.Close(context.Background()))
	}
	r.client = nil
}

func (r *fixture) path(name string) string { return filepath.Join(r.dir, name) }

func (r *fixture) write(name, content string) {
	r.t.Helper()
	require.NoError(r.t, os.WriteFile(r.path(name), []byte(content), 0o600))
}

func (r *fixture) append(name, content string) {
	r.t.Helper()
	out, err := os.OpenFile(r.path(name), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(r.t, err)
	defer out.Close()
	_, err = out.WriteString(content)
	require.NoError(r.t, err)
}

func (r *fixture) rename(from, to string) {
	r.t.Helper()
	require.NoError(r.t, os.Rename(r.path(from), r.path(to)))
}

func (r *fixture) remove(name string) {
	r.t.Helper()
	require.NoError(r.t, os.Remove(r.path(name)))
}

// waitForPolls waits until all files have been polled twice more.
func (r *fixture) waitForPolls() {
	r.t.Helper()
	polls := func() int { return r.Logs.FilterMessage("files polled").Len() }
	before := polls()
	require.Eventually(r.t, func() bool { return polls() > before+2 }, timeout, tick)
}

// requireMessage waits for a message about a file, checks that it is logged once, and returns its fields.
func (r *fixture) requireMessage(level zapcore.Level, message, name string) map[string]any {
	r.t.Helper()
	logged := func() []observer.LoggedEntry {
		return r.Logs.FilterMessageSnippet(message).FilterField(zap.String("file", r.path(name))).All()
	}
	require.Eventually(r.t, func() bool { return len(logged()) > 0 }, timeout, tick, message)
	r.waitForPolls()
	found := logged()
	require.Len(r.t, found, 1)
	assert.Equal(r.t, level, found[0].Level)
	return found[0].ContextMap()
}

// clock returns a clock that advances by a second with each call.
func clock() func() time.Time {
	seconds := make(chan int64, 1)
	seconds <- 0
	return func() time.Time {
		now := <-seconds + 1
		seconds <- now
		return time.Unix(now, 0)
	}
}

// gzippedFast compresses a text at another level than gzipped, so that the bytes differ.
func gzippedFast(t testing.TB, content string) string {
	t.Helper()
	var buffer bytes.Buffer
	writer, err := gzip.NewWriterLevel(&buffer, gzip.BestSpeed)
	require.NoError(t, err)
	_, err = writer.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return buffer.String()
}

// gunzipped returns the part of a text that can be decompressed.
func gunzipped(content string) string {
	reader, err := gzip.NewReader(strings.NewReader(content))
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(reader)
	return string(text)
}
