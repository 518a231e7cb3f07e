// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkatest runs brokers for tests.
package kafkatest

import (
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// NewCluster starts a broker until the test ends.
func NewCluster(t testing.TB, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, options...)...)
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
