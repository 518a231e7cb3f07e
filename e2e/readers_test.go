// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

func TestObjectsThatAreAnnouncedToTwoReadersCountOnce(t *testing.T) {
	moto := startMotoIfInstalled(t)
	if moto == "" {
		t.Skip("moto is not installed: make moto")
	}
	t.Run("kfake", func(t *testing.T) {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(4, "vpc-flow-logs", "vpc-flow-alerts"))
		require.NoError(t, err)
		t.Cleanup(cluster.Close)
		readTwice(t, cluster.ListenAddrs()[0], newQueue(t, moto, "kfake"))
	})
	t.Run("Apache Kafka", func(t *testing.T) {
		broker := kafkatest.Start(t)
		broker.CreateTopics(12)
		readTwice(t, broker.Address, newQueue(t, moto, "kafka"))
	})
}

// readTwice announces objects more than once to two readers with config/reader.yaml, first at the same time and then again.
// Each object has a sweep, which config/detector.yaml reports, and an upload, which exceeds its threshold if it counts twice.
func readTwice(t *testing.T, broker string, q *queue) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"KAFKA_BROKER": broker, "DETECTOR": "detector", "SQS_QUEUE_URL": q.url,
	} {
		t.Setenv(name, value)
	}
	const objects = 5
	store, keys, sizes := newBuckets(t), [objects]string{}, [objects]int{}
	for n := range objects {
		lines := sweepLines("203.0.113.7", 1736899200)
		for flow := range 3000 {
			lines += fmt.Sprintf("2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.5 198.51.100.9 %d 443 6 1 5000 1736899200 1736899260 ACCEPT OK\n", 20000+flow)
		}
		lines = strings.ReplaceAll(lines, "123456789012", account(n))
		keys[n], sizes[n] = strings.ReplaceAll(objectKey(n), "123456789012", account(n)), len(lines)
		store.put(t, queuedBucket, strings.TrimSuffix(keys[n], ".gz"), lines)
		keys[n] = strings.TrimSuffix(keys[n], ".gz")
	}
	running := []*process{launch(t, read(t, "config/detector.yaml"), "--config", "yaml:service::telemetry::metrics::level: none")}
	for _, name := range []string{"one", "other"} {
		t.Setenv("READER", name)
		running = append(running, launch(t, read(t, "config/reader.yaml"), "--config", `yaml:
receivers: {vpc_flow: {s3: {endpoint: "`+store.address+`", force_path_style: true, region: eu-west-1, visibility_timeout: 30s}, max_batch_size: 100}}
service: {telemetry: {metrics: {level: none}}}`))
	}
	announce := func(times int) {
		for range times {
			for n := range objects {
				q.announce(t, keys[n], sizes[n])
			}
		}
		q.awaitEmpty(t)
	}
	announce(4)
	written := endOf(t, broker, "vpc-flow-logs")
	require.Positive(t, written)
	announce(2)
	require.Equal(t, written, endOf(t, broker, "vpc-flow-logs"), "no reader has read an object again")

	awaitRead(t, broker, "vpc-flow-detectors")
	for _, collector := range running {
		collector.interrupt(t)
	}
	scopes := map[string]int{}
	for _, sent := range alertsOf(t, broker, objects) {
		assert.Equal(t, "external_reject_sweep", attribute(sent.alert, "security_rule.uuid"))
		scopes[attribute(sent.alert, "vpc_flow.alert.scope")]++
	}
	for n := range objects {
		assert.Equal(t, 1, scopes[account(n)], account(n))
	}
}

// awaitEmpty waits until all messages are deleted.
func (q *queue) awaitEmpty(t *testing.T) {
	t.Helper()
	counts := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	require.Eventually(t, func() bool {
		got, err := q.client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: aws.String(q.url), AttributeNames: counts})
		return err == nil && got.Attributes[string(counts[0])] == "0" && got.Attributes[string(counts[1])] == "0"
	}, time.Minute, 50*time.Millisecond)
}

// awaitRead waits until a group has read all messages.
func awaitRead(t *testing.T, broker, group string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	require.NoError(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	require.Eventually(t, func() bool {
		lags, err := admin.Lag(t.Context(), group)
		lag := lags[group]
		return err == nil && lag.Error() == nil && lag.Lag.Total() == 0
	}, time.Minute, 50*time.Millisecond)
}

// endOf returns the number of messages in a topic.
func endOf(t *testing.T, broker, topic string) (messages int64) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	require.NoError(t, err)
	defer client.Close()
	ends, err := kadm.NewClient(client).ListEndOffsets(t.Context(), topic)
	require.NoError(t, err)
	ends.Each(func(end kadm.ListedOffset) { messages += end.Offset })
	return messages
}
