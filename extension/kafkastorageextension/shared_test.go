// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// openSharedOf opens the shared values of a component in a collector with a prefix of its own.
func openSharedOf(t *testing.T, cluster *kfake.Cluster, prefix string, maximum int) storage.Client {
	t.Helper()
	extension := newKafkaStorage(t, cluster, func(c *Config) { c.Prefix = prefix })
	own, err := extension.GetClient(t.Context(), component.KindReceiver, testOwner, "")
	require.NoError(t, err)
	shared, err := own.(*client).Shared(t.Context(), "s3", maximum)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, shared.Close(t.Context())) })
	return shared
}

func TestSharedValuesAreSeenByAllCollectors(t *testing.T) {
	cluster := newCluster(t)
	one, other := openSharedOf(t, cluster, "one", 10), openSharedOf(t, cluster, "other", 10)
	requireValue(t, other, "a", nil)
	require.NoError(t, one.Set(t.Context(), "a", []byte("1")))
	requireValue(t, other, "a", []byte("1"))
	requireValue(t, one, "a", []byte("1"))
	require.NoError(t, other.Batch(t.Context(), storage.SetOperation("a", []byte("2")), storage.SetOperation("b", nil)))
	requireValue(t, one, "a", []byte("2"))
	requireValue(t, one, "b", []byte{})
	require.NoError(t, one.Delete(t.Context(), "a"))
	requireValue(t, other, "a", nil)
	requireValue(t, openSharedOf(t, cluster, "third", 10), "b", []byte{})
}

func TestOldestSharedValuesAreEvicted(t *testing.T) {
	cluster := newCluster(t)
	one, other := openSharedOf(t, cluster, "one", 3), openSharedOf(t, cluster, "other", 3)
	for i, c := range []storage.Client{one, other, one, other, one} {
		require.NoError(t, c.Set(t.Context(), strconv.Itoa(i), []byte("x")))
	}
	for i := range 5 {
		for _, c := range []storage.Client{one, other, openSharedOf(t, cluster, "new", 3)} {
			value, err := c.Get(t.Context(), strconv.Itoa(i))
			require.NoError(t, err)
			require.Equal(t, i >= 2, value != nil, i)
		}
	}
}

func TestSharedValuesOfConcurrentWritersAreKept(t *testing.T) {
	cluster := newCluster(t)
	const writers, keys = 3, 20
	var writing sync.WaitGroup
	for w := range writers {
		c := openSharedOf(t, cluster, strconv.Itoa(w), 1000)
		writing.Go(func() {
			for k := range keys {
				assert.NoError(t, c.Set(t.Context(), fmt.Sprint(w, "/", k), []byte("x")))
			}
		})
	}
	writing.Wait()
	c := openSharedOf(t, cluster, "", 1000)
	for w := range writers {
		for k := range keys {
			requireValue(t, c, fmt.Sprint(w, "/", k), []byte("x"))
		}
	}
}

func TestClosedSharedClientFails(t *testing.T) {
	c := openSharedOf(t, newCluster(t), "", 10)
	require.NoError(t, c.Close(t.Context()))
	require.NoError(t, c.Close(t.Context()))
	_, err := c.Get(t.Context(), "a")
	require.ErrorIs(t, err, errClosed)
	require.ErrorIs(t, openSharedOf(t, newCluster(t), "", 10).Set(t.Context(), "", nil), errEmptyKey)
}
