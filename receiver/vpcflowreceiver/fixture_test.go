// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// fixture is a receiver that reads the files *.log of a folder, and its host.
type fixture struct {
	*ingesttest.Harness
	t         *testing.T
	dir       string
	cfg       *Config
	extension component.Component
	logs      *observer.ObservedLogs
	receiver  receiver.Logs
}

func newFixture(t *testing.T) *fixture {
	r := &fixture{Harness: ingesttest.NewHarness(t), t: t, dir: t.TempDir(), cfg: createDefaultConfig().(*Config)}
	files := r.cfg.Files.GetOrInsertDefault()
	files.Include = []string{filepath.Join(r.dir, "*.log")}
	files.PollInterval = ingesttest.Tick
	t.Cleanup(r.stop)
	return r
}

// GetExtensions makes the fixture a host.
func (r *fixture) GetExtensions() map[component.ID]component.Component {
	if r.extension == nil {
		return nil
	}
	return map[component.ID]component.Component{*r.cfg.Storage: r.extension}
}

func (r *fixture) settings() receiver.Settings {
	core, logs := observer.New(zapcore.DebugLevel)
	r.logs = logs
	set := receivertest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	set.TelemetrySettings = r.Telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	return set
}

func (r *fixture) build() {
	r.t.Helper()
	var err error
	r.receiver, err = NewFactory().CreateLogs(r.t.Context(), r.settings(), r.cfg, r.Next)
	require.NoError(r.t, err)
}

func (r *fixture) run() {
	r.t.Helper()
	require.NoError(r.t, r.receiver.Start(r.t.Context(), r))
}

func (r *fixture) stop() {
	if r.receiver != nil {
		assert.NoError(r.t, r.receiver.Shutdown(context.Background()))
		r.receiver = nil
	}
}

var _ component.Host = (*fixture)(nil)
