// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// fixture is a source with a sink, and optionally with storage.
type fixture struct {
	*ingesttest.Harness
	t      testing.TB
	config *Config
	// storage keeps checkpoints across restarts; nil keeps none.
	storage storage.Extension
	opened  storage.Client
	// firstWait, unless zero, replaces the value of the source.
	firstWait time.Duration
	source    *Source
}

func newFixture(t testing.TB) *fixture {
	c := NewDefaultConfig()
	r := &fixture{Harness: ingesttest.NewHarness(t), t: t, config: &c}
	t.Cleanup(r.stop)
	return r
}

func (r *fixture) build() {
	r.t.Helper()
	var err error
	r.source, err = New(r.config, r.NewIngester())
	require.NoError(r.t, err)
	if r.firstWait > 0 {
		r.source.firstWait = r.firstWait
	}
	if r.storage != nil {
		r.opened = ingesttest.ReceiverClient(r.t, r.storage)
	}
}

func (r *fixture) run() {
	r.t.Helper()
	require.NoError(r.t, r.source.Start(r.t.Context(), nil, r.opened))
}

func (r *fixture) start() {
	r.t.Helper()
	r.build()
	r.run()
}

func (r *fixture) stop() {
	if r.source != nil {
		assert.NoError(r.t, r.source.Shutdown(context.Background()))
		r.source.ingester.Close()
		r.source = nil
	}
	if r.opened != nil {
		assert.NoError(r.t, r.opened.Close(context.Background()))
		r.opened = nil
	}
}

// reader returns a reader of the emulator's objects.
func (r *fixture) reader(e *s3Emulator) *objectReader {
	r.t.Helper()
	if r.source == nil {
		r.build()
	}
	reader, err := r.source.newReader(r.t.Context(), e.client, r.opened)
	require.NoError(r.t, err)
	return reader
}
