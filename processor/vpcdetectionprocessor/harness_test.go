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

// rig is a processor whose surroundings the test has in its hands: clock, ticks, log and extensions.
type rig struct {
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

// newRig makes a processor that does not run yet.
func newRig(t *testing.T, yaml string) *rig {
	t.Helper()
	core, logged := observer.New(zap.InfoLevel)
	r := &rig{t: t, sink: new(consumertest.LogsSink), logged: logged, time: clock()}
	set := processortest.NewNopSettings(componentType)
	set.Logger = zap.New(core)
	d, err := newDetector(set, configOf(t, yaml), r.sink, r.clock)
	require.NoError(t, err)
	d.startReloads = r.captureReloads
	r.detector = d
	return r
}

// captureReloads keeps the reloads, which tick runs.
func (r *rig) captureReloads(reloads []reload) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	for _, reload := range reloads {
		r.reloads = append(r.reloads, func() { reload(ctx) })
	}
	return func() {
		cancel()
		r.reloading.Wait()
	}
}

// run starts the processor. It ends with the test, or by stop.
func (r *rig) run() *rig {
	r.t.Helper()
	require.NoError(r.t, r.Start(r.t.Context(), r))
	r.t.Cleanup(r.stop)
	return r
}

func (r *rig) stop() {
	require.NoError(r.t, r.Shutdown(context.Background()))
}

// GetExtensions makes the rig the processor's host.
func (r *rig) GetExtensions() map[component.ID]component.Component { return r.extensions }

func (r *rig) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.time
}

// pass lets time pass.
func (r *rig) pass(later time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.time = r.time.Add(later)
}

// tick lets time pass, and returns when everything has been looked at.
func (r *rig) tick(later time.Duration) {
	r.pass(later)
	for _, reload := range r.reloads {
		r.reloading.Go(reload)
	}
	r.reloading.Wait()
}

// consume shows the processor lines, and returns the alerts that they give, each as its rule, destination, and list or country.
func (r *rig) consume(lines ...string) (alerts []string) {
	r.t.Helper()
	r.sink.Reset()
	require.NoError(r.t, r.ConsumeLogs(r.t.Context(), decoded(lines...)))
	for _, a := range told(r.t, r.sink) {
		alerts = append(alerts, fmt.Sprintf("%s %s %s", a.Rule, a.Destination, cmp.Or(a.Feed, a.DestinationCountry)))
	}
	return alerts
}

// said returns what has been logged since the last call, but for what is said of the format of the tests' lines.
func (r *rig) said() (lines []string) {
	for _, entry := range r.logged.TakeAll() {
		if entry.Message == missingFieldsMessage {
			continue
		}
		text := entry.Level.String() + ": " + entry.Message
		fields := entry.ContextMap()
		for _, name := range []string{"list", "entries", "skipped", "entry", "file", "error"} {
			if value, ok := fields[name]; ok {
				text += fmt.Sprintf(" %s=%v", name, value)
			}
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}

// write writes a file of a test, in a folder of its own.
func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// rewrite writes a file anew, so much later that its time is another.
func rewrite(t *testing.T, path, text string) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	later := info.ModTime().Add(time.Second)
	require.NoError(t, os.Chtimes(path, later, later))
}

// suppressed is how often a rule kept quiet for a reason.
func (r *rig) suppressed(rule, reason string) int64 {
	for _, stats := range r.engine.Stats().Rules {
		for kind, n := range stats.Suppressed {
			if stats.Rule == rule && detect.Suppression(kind).String() == reason {
				return n
			}
		}
	}
	return 0
}
