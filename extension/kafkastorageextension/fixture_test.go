// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"context"
	"hash/fnv"
	"math"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

func newCluster(t *testing.T) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	abortOpenTransactions(cluster)
	return cluster
}

// abortOpenTransactions makes the first request of a producer abort the transaction that an earlier one has left open, as
// in Kafka. kfake does so only for requests with the ID of a producer, and accepts any earlier epoch.
func abortOpenTransactions(cluster *kfake.Cluster) {
	seen := map[string]bool{}
	cluster.ControlKey(int16(kmsg.InitProducerID), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		init := request.(*kmsg.InitProducerIDRequest)
		if init.TransactionalID == nil {
			return nil, nil, false
		}
		id := *init.TransactionalID
		if seen[id] && init.ProducerID < 0 {
			hash := fnv.New64()
			_, _ = hash.Write([]byte(id))
			init.ProducerID, init.ProducerEpoch = int64(hash.Sum64()&math.MaxInt64), 0
		}
		seen[id] = true
		return nil, nil, false
	})
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
