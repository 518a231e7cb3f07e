// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// contracts are what components may expect of a storage extension. open opens the client of an owner; a test that opens
// it again closes it first.
var contracts = map[string]func(t *testing.T, open func(name string) storage.Client){
	"a missing key has no value": func(t *testing.T, open func(string) storage.Client) {
		requireValue(t, open(""), "missing", nil)
		require.NoError(t, open("other").Delete(t.Context(), "missing"))
	},
	"a value is returned until it is replaced or deleted": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
		requireValue(t, c, "a", []byte("1"))
		require.NoError(t, c.Set(t.Context(), "a", []byte("2")))
		requireValue(t, c, "a", []byte("2"))
		require.NoError(t, c.Delete(t.Context(), "a"))
		requireValue(t, c, "a", nil)
	},
	"an empty value differs from none": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.NoError(t, c.Batch(t.Context(), storage.SetOperation("empty", []byte{}), storage.SetOperation("nil", nil)))
		c = reopen(t, c, open)
		requireValue(t, c, "empty", []byte{})
		requireValue(t, c, "nil", []byte{})
	},
	"state survives a restart": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.NoError(t, c.Batch(t.Context(), storage.SetOperation("a", []byte("1")), storage.SetOperation("b", []byte("2"))))
		require.NoError(t, c.Delete(t.Context(), "b"))
		c = reopen(t, c, open)
		requireValue(t, c, "a", []byte("1"))
		requireValue(t, c, "b", nil)
	},
	"a caller may change a value": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		value := []byte("1")
		require.NoError(t, c.Set(t.Context(), "a", value))
		value[0] = 'x'
		requireValue(t, c, "a", []byte("1"))
		got, err := c.Get(t.Context(), "a")
		require.NoError(t, err)
		got[0] = 'x'
		requireValue(t, c, "a", []byte("1"))
	},
	"clients of other names have other keys": func(t *testing.T, open func(string) storage.Client) {
		one, two := open("one"), open("two")
		require.NoError(t, one.Set(t.Context(), "a", []byte("1")))
		requireValue(t, two, "a", nil)
	},
	"a batch executes its operations in order": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.NoError(t, c.Set(t.Context(), "a", []byte("0")))
		before, between, after := storage.GetOperation("a"), storage.GetOperation("a"), storage.GetOperation("a")
		require.NoError(t, c.Batch(t.Context(), before, storage.SetOperation("a", []byte("1")), between,
			storage.DeleteOperation("a"), after, storage.SetOperation("a", []byte("2"))))
		assert.Equal(t, []byte("0"), before.Value)
		assert.Equal(t, []byte("1"), between.Value)
		assert.Nil(t, after.Value)
		requireValue(t, reopen(t, c, open), "a", []byte("2"))
	},
	"a batch with a wrong operation stores nothing": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.Error(t, c.Batch(t.Context(), storage.SetOperation("a", []byte("1")), &storage.Operation{Key: "b", Type: 9}))
		require.Error(t, c.Batch(t.Context(), storage.SetOperation("a", []byte("1")), storage.SetOperation("", []byte("1"))))
		requireValue(t, c, "a", nil)
		require.NoError(t, c.Batch(t.Context()))
	},
	"values of all sizes": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		for _, size := range []int{1, smallValue, smallValue + 1, 16 << 10, 1_000_000, 3 << 20, 10, 0} {
			value := bytes.Repeat([]byte{byte(size)}, size)
			require.NoError(t, c.Set(t.Context(), "a", value), size)
			requireValue(t, c, "a", value)
			c = reopen(t, c, open)
			requireValue(t, c, "a", value)
		}
	},
	"keys of any bytes": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		keys := []string{"\x00", "a\x000", "a\x00", "a", "/", "ä", "\xff\xfe", strings.Repeat("k", 10_000)}
		for _, key := range keys {
			require.NoError(t, c.Set(t.Context(), key, []byte(key)), "%q", key)
		}
		c = reopen(t, c, open)
		for _, key := range keys {
			requireValue(t, c, key, []byte(key))
		}
	},
	"walk visits all keys in order, and applies its operations": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		for i := range 5 {
			require.NoError(t, c.Set(t.Context(), fmt.Sprint("k", i), bytes.Repeat([]byte{byte(i)}, i*1000)))
		}
		var visited []string
		require.NoError(t, c.(storage.Walker).Walk(t.Context(), func(key string, value []byte) ([]*storage.Operation, error) {
			visited = append(visited, fmt.Sprint(key, " ", len(value)))
			if key == "k3" {
				return []*storage.Operation{storage.SetOperation("new", []byte("1"))}, storage.SkipAll
			}
			return []*storage.Operation{storage.DeleteOperation(key)}, nil
		}))
		assert.Equal(t, []string{"k0 0", "k1 1000", "k2 2000", "k3 3000"}, visited)
		requireValue(t, c, "k0", nil)
		requireValue(t, c, "k4", bytes.Repeat([]byte{4}, 4000))
		requireValue(t, c, "new", []byte("1"))
		failed := errors.New("failed")
		require.ErrorIs(t, c.(storage.Walker).Walk(t.Context(), func(key string, _ []byte) ([]*storage.Operation, error) {
			return []*storage.Operation{storage.DeleteOperation(key)}, failed
		}), failed)
		requireValue(t, c, "new", []byte("1"))
	},
	"a closed client fails, and can be closed again": func(t *testing.T, open func(string) storage.Client) {
		c := open("")
		require.NoError(t, c.Close(t.Context()))
		require.NoError(t, c.Close(t.Context()))
		_, err := c.Get(t.Context(), "a")
		require.Error(t, err)
		require.Error(t, c.Set(t.Context(), "a", []byte("1")))
	},
	"random operations give the same as a map": func(t *testing.T, open func(string) storage.Client) {
		random := rand.New(rand.NewPCG(1, 2))
		c, want := open(""), map[string][]byte{}
		for range 150 {
			var ops []*storage.Operation
			for range random.IntN(6) {
				key := fmt.Sprint("k", random.IntN(20))
				if random.IntN(3) == 0 {
					ops = append(ops, storage.DeleteOperation(key))
					delete(want, key)
					continue
				}
				value := bytes.Repeat([]byte{byte(random.Uint32())}, random.IntN(40_000))
				ops = append(ops, storage.SetOperation(key, value))
				want[key] = value
			}
			require.NoError(t, c.Batch(t.Context(), ops...))
			if random.IntN(30) == 0 {
				c = reopen(t, c, open)
			}
		}
		for i := range 20 {
			requireValue(t, c, fmt.Sprint("k", i), want[fmt.Sprint("k", i)])
		}
	},
}

func TestFileStorageKeepsTheContract(t *testing.T) {
	for name, test := range contracts {
		t.Run(name, func(t *testing.T) { test(t, clientsOf(t, newFileStorage(t))) })
	}
}

func TestKafkaStorageKeepsTheContract(t *testing.T) {
	for name, test := range contracts {
		t.Run(name, func(t *testing.T) {
			test(t, clientsOf(t, newKafkaStorage(t, newCluster(t), func(c *Config) { c.MaxMessageBytes, c.CacheMiB = 20_000, 1 })))
		})
	}
}

func requireValue(t *testing.T, c storage.Client, key string, want []byte) {
	t.Helper()
	got, err := c.Get(t.Context(), key)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got) && (want == nil) == (got == nil), "%q: got %d bytes, want %d", key, len(got), len(want))
}

// reopen closes a client and opens it again, without a name.
func reopen(t *testing.T, c storage.Client, open func(string) storage.Client) storage.Client {
	t.Helper()
	require.NoError(t, c.Close(t.Context()))
	return open("")
}
