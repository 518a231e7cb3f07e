// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestFactory(t *testing.T) {
	factory := NewFactory()
	assert.Equal(t, "vpc_flow", factory.Type().String())
	assert.Equal(t, component.StabilityLevelAlpha, factory.LogsStability())
	assert.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
	_, err := factory.CreateMetrics(t.Context(), receivertest.NewNopSettings(componentType), createDefaultConfig(), consumertest.NewNop())
	assert.Error(t, err)
}

func TestShutdownWithoutStart(t *testing.T) {
	r := newFixture(t)
	r.build()
	r.stop()
}

func TestCreateLogsFails(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*Config)
		want      string
	}{
		"a bad format": {func(c *Config) { c.Format = []string{"x", "x"} }, "format: "},
		"bad files":    {func(c *Config) { c.Files.Get().Include = nil }, "files: "},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			test.configure(r.cfg)
			_, err := NewFactory().CreateLogs(t.Context(), receivertest.NewNopSettings(componentType), r.cfg, r.Next)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// broken is a storage extension whose GetClient fails.
type broken struct {
	component.StartFunc
	component.ShutdownFunc
}

func (broken) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return nil, errors.New("disk full")
}

func TestStartFailsWithoutItsStorage(t *testing.T) {
	none, err := extensiontest.NewNopFactory().Create(t.Context(), extensiontest.NewNopSettings(component.MustNewType("nop")), nil)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		extension component.Component
		host      component.Host
		want      string
	}{
		"no such extension":    {nil, componenttest.NewNopHost(), `storage: extension "keep" is not among the extensions of the service`},
		"another extension":    {none, nil, `storage: extension "keep" is not a storage extension`},
		"a storage that fails": {broken{}, nil, `storage: extension "keep": disk full`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFixture(t)
			id := component.MustNewID("keep")
			r.cfg.Storage, r.extension = &id, test.extension
			r.build()
			host := test.host
			if host == nil {
				host = r
			}
			assert.EqualError(t, r.receiver.Start(t.Context(), host), test.want)
		})
	}
}

func TestAFormatWithUnknownFieldsIsReported(t *testing.T) {
	r := newFixture(t)
	r.cfg.Format = []string{"srcaddr", "dstaddr", "brand-new"}
	r.build()
	r.run()
	logged := r.logs.FilterMessageSnippet("format has unknown fields").All()
	require.Len(t, logged, 1)
	assert.Equal(t, []any{"brand-new"}, logged[0].ContextMap()["fields"])
}

func TestFilesAreReadOnceWithStorage(t *testing.T) {
	r := newFixture(t)
	id := component.MustNewID("file_storage")
	r.cfg.Storage, r.extension = &id, ingesttest.OpenFileStorage(t)
	t.Cleanup(r.stop) // The extension stops after the receiver.
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "a.log"), []byte(ingesttest.Lines(1, 10)), 0o600))
	r.build()
	r.run()
	r.RequirePorts(ingesttest.PortRange(1, 10)...)
	r.stop()
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "b.log"), []byte(ingesttest.Lines(11, 20)), 0o600))
	r.build()
	r.run()
	r.RequirePorts(ingesttest.PortRange(1, 20)...)
}
