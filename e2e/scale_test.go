// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

func TestCollectorsShareAccountsWithoutMissingAlerts(t *testing.T) {
	t.Run("kfake", func(t *testing.T) {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(6, "vpc-flow-logs", "vpc-flow-alerts"))
		require.NoError(t, err)
		t.Cleanup(cluster.Close)
		shareAccounts(t, cluster.ListenAddrs()[0])
	})
	t.Run("Apache Kafka", func(t *testing.T) {
		broker := kafkatest.Start(t)
		broker.CreateTopics(6)
		shareAccounts(t, broker.Address)
	})
}

// shareAccounts runs config/reader.yaml and two collectors with config/detector.yaml. The ten attempts of each account's sweep
// are in two files. A detector reports a sweep only if it gets the attempts from both files.
func shareAccounts(t *testing.T, broker string) {
	t.Helper()
	logs := t.TempDir()
	const accounts = 12
	files := [2]string{}
	for n := range accounts {
		lines := strings.ReplaceAll(sweepLines("203.0.113.7", 1736899200), "123456789012", account(n))
		middle := strings.Index(lines, "10.0.4.6 ")
		middle = strings.LastIndexByte(lines[:middle], '\n') + 1
		files[0], files[1] = files[0]+lines[:middle], files[1]+lines[middle:]
	}
	for n, lines := range files {
		require.NoError(t, os.WriteFile(filepath.Join(logs, fmt.Sprint(n, ".log")), []byte(lines), 0o600))
	}
	t.Setenv("KAFKA_BROKER", broker)

	var running []*process
	for n := range 2 {
		t.Setenv("DETECTOR", fmt.Sprint("detector-", n))
		running = append(running, launch(t, read(t, "config/detector.yaml"), "--config", fmt.Sprint(`yaml:
exporters: {kafka: {record_headers: [{name: detector, value: "`, n, `"}]}}
service: {telemetry: {metrics: {level: none}}}`)))
	}
	waitForMembers(t, broker, "vpc-flow-detectors", len(running))
	t.Setenv("READER", "reader")
	reader := strings.ReplaceAll(read(t, "config/reader.yaml"), `s3: {sqs_queue_url: "${env:SQS_QUEUE_URL}"}`, "files: {include: ['"+logs+"/*.log'], start_at: beginning}")
	running = append(running, launch(t, reader, "--config", "yaml:service::telemetry::metrics::level: none"))

	scopes, shares := map[string]int{}, map[string]int{}
	for _, sent := range alertsOf(t, broker, accounts) {
		scopes[attribute(sent.alert, "vpc_flow.alert.scope")]++
		shares[sent.detector]++
	}
	for n := range accounts {
		assert.Equal(t, 1, scopes[account(n)], account(n))
	}
	assert.Len(t, shares, 2, "each detector has a part of the accounts")
	for _, collector := range running {
		collector.interrupt(t)
	}
}

// sentAlert is an alert in the topic vpc-flow-alerts, with the header of its message, if it has one.
type sentAlert struct {
	detector string
	alert    plog.LogRecord
}

// alertsOf waits for a number of alerts in the topic vpc-flow-alerts, and returns all that are there.
func alertsOf(t *testing.T, broker string, number int) (alerts []sentAlert) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ConsumeTopics("vpc-flow-alerts"))
	require.NoError(t, err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for messages := int64(0); len(alerts) < number || messages < endOf(t, broker, "vpc-flow-alerts"); {
		fetches := client.PollFetches(ctx)
		require.NoError(t, fetches.Err(), "%d of %d alerts", len(alerts), number)
		for r := range fetches.RecordsAll() {
			messages++
			logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(r.Value)
			require.NoError(t, err)
			for _, resource := range logs.ResourceLogs().All() {
				for _, scope := range resource.ScopeLogs().All() {
					for _, record := range scope.LogRecords().All() {
						sent := sentAlert{alert: record}
						if len(r.Headers) > 0 {
							sent.detector = string(r.Headers[0].Value)
						}
						alerts = append(alerts, sent)
					}
				}
			}
		}
	}
	return alerts
}

func attribute(record plog.LogRecord, key string) string {
	value, _ := record.Attributes().Get(key)
	return value.AsString()
}

// waitForMembers waits until a consumer group has a number of members, each with partitions.
func waitForMembers(t *testing.T, broker, group string, members int) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker))
	require.NoError(t, err)
	defer client.Close()
	admin := kadm.NewClient(client)
	require.Eventually(t, func() bool {
		groups, err := admin.DescribeGroups(t.Context(), group)
		if err != nil || groups[group].State != "Stable" || len(groups[group].Members) != members {
			return false
		}
		for _, m := range groups[group].Members {
			if assigned, ok := m.Assigned.AsConsumer(); !ok || len(assigned.Topics) == 0 {
				return false
			}
		}
		return true
	}, 30*time.Second, 50*time.Millisecond)
}

func account(n int) string { return fmt.Sprintf("1234567890%02d", n) }
