// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// harness is a processor with a clock, reloads, log and extensions that the test controls.
type harness struct {
	*detector
	t          *testing.T
	sink       *consumertest.LogsSink
	logged     *observer.ObservedLogs
	extensions map[component.ID]component.Component

	mu        sync.Mutex
	time      time.Time
	reloads   []func()
	reloading sync.WaitGroup
}

// newHarness returns a processor that is not started.
func newHarness(t *testing.T, yaml string) *harness {
	t.Helper()
	core, logged := observer.New(zap.InfoLevel)
	r := &harness{t: t, sink: new(consumertest.LogsSink), logged: logged, time: clock()}
	set := processortest.NewNopSettings(componentType)
	set.Logger = zap.New(core)
	d, err := newDetector(set, configOf(t, yaml), r.sink, r.clock)
	require.NoError(t, err)
	d.startReloads = r.captureReloads
	r.detector = d
	return r
}

// captureReloads keeps the reloads, which tick runs.
func (r *harness) captureReloads(reloads []reload) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	for _, reload := range reloads {
		r.reloads = append(r.reloads, func() { reload(ctx) })
	}
	return func() {
		cancel()
		r.reloading.Wait()
	}
}

// run starts the processor until the end of the test, or until stop.
func (r *harness) run() *harness {
	r.t.Helper()
	require.NoError(r.t, r.Start(r.t.Context(), r))
	r.t.Cleanup(r.stop)
	return r
}

func (r *harness) stop() {
	require.NoError(r.t, r.Shutdown(context.Background()))
}

// GetExtensions makes the harness the processor's host.
func (r *harness) GetExtensions() map[component.ID]component.Component { return r.extensions }

func (r *harness) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

// pass advances the clock.
func (r *harness) pass(later time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(later)
}

// tick advances the clock and runs all reloads.
func (r *harness) tick(later time.Duration) {
	r.pass(later)
	for _, reload := range r.reloads {
		r.reloading.Go(reload)
	}
	r.reloading.Wait()
}

// consume processes lines. It returns their alerts, each as the rule, the destination, and the list or country.
func (r *harness) consume(lines ...string) (alerts []string) {
	r.t.Helper()
	r.sink.Reset()
	require.NoError(r.t, r.ConsumeLogs(r.t.Context(), decoded(lines...)))
	for _, a := range alertsIn(r.t, r.sink) {
		alerts = append(alerts, fmt.Sprintf("%s %s %s", a.Rule, a.Destination, cmp.Or(a.Feed, a.DestinationCountry)))
	}
	return alerts
}

// messages returns the sorted log messages since the last call, without warnings about missing fields.
func (r *harness) messages() (lines []string) {
	for _, entry := range r.logged.TakeAll() {
		if entry.Message == missingFieldsMessage {
			continue
		}
		text := entry.Level.String() + ": " + entry.Message
		fields := entry.ContextMap()
		for _, name := range []string{"list", "entries", "skipped", "entry", "file", "allowlist", "failures", "error"} {
			if value, ok := fields[name]; ok {
				text += fmt.Sprintf(" %s=%v", name, value)
			}
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}

// write writes a file in a new folder.
func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// rewrite replaces a file and advances its modification time.
func rewrite(t *testing.T, path, text string) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	later := info.ModTime().Add(time.Second)
	require.NoError(t, os.Chtimes(path, later, later))
}

// suppressed returns how often a rule did not alert for the reason.
func (r *harness) suppressed(rule, reason string) int64 {
	for _, stats := range r.engine.Stats().Rules {
		for kind, n := range stats.Suppressed {
			if stats.Rule == rule && detect.Suppression(kind).String() == reason {
				return n
			}
		}
	}
	return 0
}
