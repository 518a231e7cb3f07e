// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
)

// leaderless lets the topic have no leaders in a number of answers after it is created.
func leaderless(t *testing.T, cluster *kfake.Cluster, answers int64) (left *atomic.Int64) {
	t.Helper()
	host, port, err := net.SplitHostPort(cluster.ListenAddrs()[0])
	require.NoError(t, err)
	number, err := strconv.ParseInt(port, 10, 32)
	require.NoError(t, err)
	left = new(atomic.Int64)
	left.Store(answers)
	created := false
	cluster.Control(func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		switch request := request.(type) {
		case *kmsg.CreateTopicsRequest:
			created = true
		case *kmsg.MetadataRequest:
			if !created || left.Load() == 0 || len(request.Topics) == 0 {
				break
			}
			left.Add(-1)
			response := request.ResponseKind().(*kmsg.MetadataResponse)
			broker := kmsg.NewMetadataResponseBroker()
			broker.Host, broker.Port = host, int32(number)
			topic := kmsg.NewMetadataResponseTopic()
			topic.Topic = request.Topics[0].Topic
			partition := kmsg.NewMetadataResponseTopicPartition()
			partition.Leader, partition.ErrorCode = -1, kerr.LeaderNotAvailable.Code
			topic.Partitions = append(topic.Partitions, partition)
			response.Brokers, response.Topics = append(response.Brokers, broker), append(response.Topics, topic)
			return response, nil, true
		}
		return nil, nil, false
	})
	return left
}

func TestStartWaitsForTheLeadersOfANewTopic(t *testing.T) {
	cluster := newCluster(t)
	left := leaderless(t, cluster, 3)
	c := clientsOf(t, newKafkaStorage(t, cluster))("")
	require.Zero(t, left.Load())
	require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
}

func TestNewTopicThatGetsNoLeadersIsAnError(t *testing.T) {
	cluster := newCluster(t)
	leaderless(t, cluster, -1)
	cfg := testConfig(cluster)
	cfg.Timeout = time.Second
	extension := newStorage(componenttest.NewNopTelemetrySettings(), cfg)
	err := extension.Start(t.Context(), componenttest.NewNopHost())
	require.ErrorContains(t, err, `topic "vpc-flow-state": its partitions have no leaders: context deadline exceeded`)
	require.NoError(t, extension.Shutdown(t.Context()))
}

func TestFirstWriteToATopicIsRepeatedOnce(t *testing.T) {
	timedOut := func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.EndTxnResponse)
		response.ErrorCode = kerr.InvalidTxnState.Code
		return response, nil
	}
	cluster := newCluster(t)
	extension := newKafkaStorage(t, cluster)
	failures(cluster, 1, int16(kmsg.EndTxn), timedOut)
	c := clientsOf(t, extension)("")
	require.NoError(t, c.Set(t.Context(), "a", []byte("1")))
	requireValue(t, c, "a", []byte("1"))

	failures(cluster, 2, int16(kmsg.EndTxn), timedOut)
	_, err := extension.GetClient(t.Context(), component.KindProcessor, testOwner, "other")
	require.ErrorIs(t, err, kerr.InvalidTxnState)
	requireValue(t, c, "a", []byte("1"))
}
