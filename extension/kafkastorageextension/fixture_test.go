// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

func newCluster(t *testing.T) *kfake.Cluster {
	t.Helper()
	return kafkatest.NewCluster(t)
}

func testConfig(cluster *kfake.Cluster) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Brokers, cfg.Partitions, cfg.ReplicationFactor = cluster.ListenAddrs(), 3, 1
	cfg.Timeout = 10 * time.Second // for slow machines
	return cfg
}

// newKafkaStorage starts an extension.
func newKafkaStorage(t *testing.T, cluster *kfake.Cluster, change ...func(*Config)) storage.Extension {
	t.Helper()
	cfg := testConfig(cluster)
	for _, f := range change {
		f(cfg)
	}
	require.NoError(t, cfg.Validate())
	return startStorage(t, newStorage(componenttest.NewNopTelemetrySettings(), cfg))
}

func newFileStorage(t *testing.T) storage.Extension {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = t.TempDir()
	extension, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	return startStorage(t, extension.(storage.Extension))
}

func startStorage(t *testing.T, extension storage.Extension) storage.Extension {
	t.Helper()
	require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, extension.Shutdown(context.WithoutCancel(t.Context()))) })
	return extension
}

var testOwner = component.MustNewIDWithName("vpc_detection", "test")

// clientsOf returns a function that opens clients of one component. They are closed when the test ends.
func clientsOf(t *testing.T, extension storage.Extension) func(name string) storage.Client {
	return func(name string) storage.Client {
		t.Helper()
		c, err := extension.GetClient(t.Context(), component.KindProcessor, testOwner, name)
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, c.Close(context.WithoutCancel(t.Context()))) })
		return c
	}
}
