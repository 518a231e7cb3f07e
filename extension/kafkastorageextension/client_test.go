// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"bytes"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

func TestEarlierClientCannotWrite(t *testing.T) {
	cluster := newCluster(t)
	first := clientsOf(t, newKafkaStorage(t, cluster))("")
	require.NoError(t, first.Set(t.Context(), "a", []byte("first")))

	second := clientsOf(t, newKafkaStorage(t, cluster))("")
	requireValue(t, second, "a", []byte("first"))
	for range 3 {
		require.ErrorIs(t, first.Set(t.Context(), "a", []byte("zombie")), errFenced)
	}
	_, err := first.Get(t.Context(), "a")
	require.ErrorIs(t, err, errFenced, "it would be an old value")
	require.NoError(t, second.Set(t.Context(), "b", []byte("second")), "the earlier client has not fenced it")

	third := clientsOf(t, newKafkaStorage(t, cluster))("")
	requireValue(t, third, "a", []byte("first"))
	requireValue(t, third, "b", []byte("second"))
}

func TestCollectorsWithOtherPrefixesShareATopic(t *testing.T) {
	cluster := newCluster(t)
	var clients []storage.Client
	for _, prefix := range []string{"one", "two", "one/two"} {
		extension := newKafkaStorage(t, cluster, func(c *Config) { c.Prefix, c.Partitions = prefix, 1 })
		clients = append(clients, clientsOf(t, extension)(""))
	}
	for i, c := range clients {
		requireValue(t, c, "a", nil)
		require.NoError(t, c.Set(t.Context(), "a", []byte{byte(i)}))
	}
	for i, c := range clients {
		requireValue(t, c, "a", []byte{byte(i)})
	}
}

func TestStateIsCompleteAfterCompaction(t *testing.T) {
	cluster := newCluster(t)
	open := clientsOf(t, newKafkaStorage(t, cluster, func(c *Config) { c.MaxMessageBytes, c.CacheMiB = minMessageBytes, 0 }))
	c := open("")
	want := map[string][]byte{}
	for i := range 60 {
		key := fmt.Sprint("k", i%7)
		value := bytes.Repeat([]byte{byte(i)}, (i*7919)%50_000) // from none to four chunks
		require.NoError(t, c.Set(t.Context(), key, value))
		want[key] = value
		if i%5 == 0 {
			deleted := fmt.Sprint("k", (i+3)%7)
			require.NoError(t, c.Delete(t.Context(), deleted))
			delete(want, deleted)
		}
		if i%20 == 0 {
			cluster.Compact()
		}
	}
	check := func() {
		for i := range 7 {
			key := fmt.Sprint("k", i)
			requireValue(t, c, key, want[key])
		}
	}
	check()
	cluster.Compact()
	check() // the offsets of the open client are still valid
	c = reopen(t, c, open)
	check()
}

// failures make requests of a kind fail until their number is used up.
func failures(cluster *kfake.Cluster, n int, key int16, answer func(kmsg.Request) (kmsg.Response, error)) {
	cluster.ControlKey(key, func(request kmsg.Request) (kmsg.Response, error, bool) {
		if n--; n >= 0 {
			cluster.KeepControl()
			response, err := answer(request)
			return response, err, true
		}
		return nil, nil, false
	})
}

func TestWriteWithUnknownResultIsRepeated(t *testing.T) {
	for name, failing := range map[string]struct {
		key    int16
		answer func(kmsg.Request) (kmsg.Response, error)
	}{
		"the transaction timed out": {int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error) {
			response := request.ResponseKind().(*kmsg.ProduceResponse)
			for _, topic := range request.(*kmsg.ProduceRequest).Topics {
				rt := kmsg.NewProduceResponseTopic()
				rt.Topic, rt.TopicID = topic.Topic, topic.TopicID
				for _, partition := range topic.Partitions {
					rp := kmsg.NewProduceResponseTopicPartition()
					rp.Partition, rp.ErrorCode = partition.Partition, kerr.InvalidProducerEpoch.Code
					rt.Partitions = append(rt.Partitions, rp)
				}
				response.Topics = append(response.Topics, rt)
			}
			return response, nil
		}},
		"the commit fails": {int16(kmsg.EndTxn), func(request kmsg.Request) (kmsg.Response, error) {
			response := request.ResponseKind().(*kmsg.EndTxnResponse)
			response.ErrorCode = kerr.InvalidTxnState.Code
			return response, nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			cluster := newCluster(t)
			open := clientsOf(t, newKafkaStorage(t, cluster))
			c := open("")
			require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
			failures(cluster, 1, failing.key, failing.answer)
			require.NoError(t, c.Batch(t.Context(), storage.SetOperation("a", []byte("2")), storage.SetOperation("b", []byte("2"))))
			requireValue(t, c, "a", []byte("2"))
			c = reopen(t, c, open)
			requireValue(t, c, "a", []byte("2"))
			requireValue(t, c, "b", []byte("2"))
		})
	}
}

func TestFailedWriteLeavesTheOldStateAndCanBeRepeated(t *testing.T) {
	cluster := newCluster(t)
	c := clientsOf(t, newKafkaStorage(t, cluster))("")
	require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
	failures(cluster, 2, int16(kmsg.EndTxn), func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.EndTxnResponse)
		response.ErrorCode = kerr.InvalidTxnState.Code
		return response, nil
	})
	require.Error(t, c.Set(t.Context(), "a", []byte("2")))
	requireValue(t, c, "a", []byte("1"))
	require.NoError(t, c.Set(t.Context(), "a", []byte("3")))
	requireValue(t, c, "a", []byte("3"))
}

func TestClientRecoversFromAnOutage(t *testing.T) {
	cluster := newCluster(t)
	open := clientsOf(t, newKafkaStorage(t, cluster, func(c *Config) { c.Timeout = time.Second }))
	c := open("")
	require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
	down := new(atomic.Bool)
	down.Store(true)
	cluster.Control(func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if down.Load() {
			return nil, errors.New("the broker is down"), true // closes the connection
		}
		return nil, nil, false
	})
	for range 2 {
		begin := time.Now()
		require.Error(t, c.Set(t.Context(), "a", []byte("2")))
		require.Less(t, time.Since(begin), 30*time.Second)
	}
	down.Store(false)
	require.NoError(t, c.Set(t.Context(), "a", []byte("3")))
	requireValue(t, reopen(t, c, open), "a", []byte("3"))
}

func TestMemoryIsBounded(t *testing.T) {
	cluster := newCluster(t)
	open := clientsOf(t, newKafkaStorage(t, cluster, func(c *Config) { c.MaxMemoryMiB, c.CacheMiB = 1, 1 }))
	c := open("")
	large := bytes.Repeat([]byte{1}, 700_000)
	for i := range 4 {
		require.NoError(t, c.Set(t.Context(), fmt.Sprint("large", i), large), "large values are not in memory")
	}
	assert.LessOrEqual(t, c.(*client).cache.size, int64(1<<20))
	var ops []*storage.Operation
	for i := range 1000 {
		ops = append(ops, storage.SetOperation(fmt.Sprint(i), large[:smallValue]))
	}
	require.ErrorIs(t, c.Batch(t.Context(), ops...), storage.ErrStorageFull)
	require.NoError(t, c.Batch(t.Context(), ops[:500]...))
	require.ErrorIs(t, c.Batch(t.Context(), ops[500:]...), storage.ErrStorageFull)
	require.NoError(t, c.Delete(t.Context(), "0"))

	c = reopen(t, c, open)
	requireValue(t, c, "0", nil)
	requireValue(t, c, "1", large[:smallValue])
	for i := range 4 {
		requireValue(t, c, fmt.Sprint("large", i), large)
	}
}

func TestDamagedValueIsAnError(t *testing.T) {
	cluster := newCluster(t)
	open := clientsOf(t, newKafkaStorage(t, cluster, func(c *Config) { c.MaxMessageBytes = minMessageBytes }))
	c := open("")
	require.NoError(t, c.Set(t.Context(), "a", make([]byte, 40_000)))
	log := c.(*client).log
	producer, err := kgo.NewClient(append(log.options, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	require.NoError(t, err)
	defer producer.Close()
	first := setRecords(log.owner, "a", make([]byte, 40_000), 1000, 0)[0] // more chunks than there are
	first.Topic, first.Partition = log.config.Topic, log.partition
	require.NoError(t, producer.ProduceSync(t.Context(), first).FirstErr())
	c = reopen(t, c, open)
	_, err = c.Get(t.Context(), "a")
	require.ErrorIs(t, err, errMissingChunk)
	require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
	requireValue(t, reopen(t, c, open), "a", []byte("1"))
}

func TestShardHasNoPrefix(t *testing.T) {
	cluster := newCluster(t)
	open := func(prefix string) storage.Client {
		t.Helper()
		extension := newKafkaStorage(t, cluster, func(c *Config) { c.Prefix = prefix })
		c, err := extension.(*kafkaStorage).GetShardClient(t.Context(), component.KindProcessor, testOwner, "flows-3")
		require.NoError(t, err)
		return c
	}
	first := open("one")
	require.NoError(t, first.Set(t.Context(), "a", []byte("1")))
	second := open("two")
	requireValue(t, second, "a", []byte("1"))
	require.ErrorIs(t, first.Set(t.Context(), "a", []byte("2")), storageclient.ErrFenced)
}
