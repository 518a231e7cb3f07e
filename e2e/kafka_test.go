// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// TestKafkaConfigurationLosesNoRefusedRecord runs the receiver of config/kafka.yaml. Its next consumer refuses two of three
// calls, and the receiver is restarted in between.
func TestKafkaConfigurationLosesNoRefusedRecord(t *testing.T) {
	const messages, linesOfMessage = 60, 3
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "vpc-flow-logs"))
	require.NoError(t, err)
	defer cluster.Close()
	produceLines(t, cluster, messages, linesOfMessage)

	var sample struct{ Receivers map[string]map[string]any }
	text := strings.ReplaceAll(read(t, "config/kafka.yaml"), "${env:KAFKA_BROKER}", cluster.ListenAddrs()[0])
	require.NoError(t, yaml.Unmarshal([]byte(text), &sample))

	var mu sync.Mutex
	accepted, calls := map[string]int{}, 0
	accept := func(_ context.Context, logs plog.Logs) error {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls%3 != 0 {
			return errors.New("refused")
		}
		for _, resource := range logs.ResourceLogs().All() {
			for _, record := range resource.ScopeLogs().At(0).LogRecords().All() {
				for line := range strings.Lines(record.Body().Str()) {
					accepted[line]++
				}
			}
		}
		return nil
	}
	count := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(accepted)
	}
	for _, want := range []int{messages * linesOfMessage / 4, messages * linesOfMessage} {
		stop := startReceiver(t, sample.Receivers["vpc_flow"], accept)
		require.Eventually(t, func() bool { return count() >= want }, time.Minute, 10*time.Millisecond)
		stop()
	}
	for line, n := range accepted {
		require.Equal(t, 1, n, line)
	}
}

// startReceiver runs vpc_flow with the given settings, and short waits between retries.
func startReceiver(t *testing.T, settings map[string]any, accept consumer.ConsumeLogsFunc) (stop func()) {
	t.Helper()
	factory := vpcflowreceiver.NewFactory()
	cfg := factory.CreateDefaultConfig()
	settings["retry_on_failure"] = map[string]any{"initial_interval": "1ms", "max_interval": "10ms"}
	require.NoError(t, confmap.NewFromStringMap(settings).Unmarshal(cfg))
	next, err := consumer.NewLogs(accept)
	require.NoError(t, err)
	r, err := factory.CreateLogs(t.Context(), receivertest.NewNopSettings(factory.Type()), cfg, next)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	return func() { require.NoError(t, r.Shutdown(context.WithoutCancel(t.Context()))) }
}

// produceLines writes messages of flow log lines. Each line is different.
func produceLines(t *testing.T, cluster *kfake.Cluster, messages, lines int) {
	t.Helper()
	producer, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	require.NoError(t, err)
	defer producer.Close()
	for m := range messages {
		var text strings.Builder
		for l := range lines {
			fmt.Fprintf(&text, "2 123456789010 eni-1 10.0.0.%d 10.0.1.1 %d 443 6 1 40 1700000000 1700000060 ACCEPT OK\n", m, 1024+l)
		}
		r := &kgo.Record{Topic: "vpc-flow-logs", Key: fmt.Append(nil, m), Value: []byte(text.String())}
		require.NoError(t, producer.ProduceSync(t.Context(), r).FirstErr())
	}
}
