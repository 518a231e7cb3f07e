// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

// ocsfConfig reads the demo's flow logs and writes findings to a file and a topic. It is a format for the root of the
// repository, the file and the broker.
const ocsfConfig = `
receivers: {vpc_flow: {files: {include: ["%[1]s/testdata/demo/**/*.log.gz"], start_at: beginning}}}
processors:
  vpc_detection:
    threat_lists: [{name: demo, path: "%[1]s/testdata/demo/threats.txt"}]
    rules: {long_connection: {enabled: true}}
extensions: {ocsf_encoding: {}}
exporters:
  file: {path: "%[2]s", flush_interval: 100ms, encoding: ocsf_encoding}
  kafka: {brokers: ["%[3]s"], logs: {topic: findings, encoding: ocsf_encoding}}
service:
  extensions: [ocsf_encoding]
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [file, kafka]}}
`

// findingsOf validates OCSF events, one per line, and returns each finding and its activity, sorted.
func findingsOf(t *testing.T, text []byte) (list []string) {
	t.Helper()
	table, err := schema.Load()
	require.NoError(t, err)
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		require.NoError(t, table.Validate(line), "%s", line)
		var event struct {
			TypeName    string `json:"type_name"`
			FindingInfo struct {
				UID      string
				Analytic struct{ UID string }
			} `json:"finding_info"`
		}
		require.NoError(t, json.Unmarshal(line, &event))
		list = append(list, event.FindingInfo.UID+" "+event.FindingInfo.Analytic.UID+" "+event.TypeName)
	}
	slices.Sort(list)
	return list
}

// The built collector writes each alert of the demo as a valid OCSF finding, to a file and to Kafka.
func TestCollectorWritesFindingsToAFileAndToKafka(t *testing.T) {
	t.Chdir("..")
	names := map[string]string{"opened": "Create", "updated": "Update", "resolved": "Close"}
	var want []string
	for _, a := range expected(t) {
		want = append(want, a.UID+" "+a.Rule+" Detection Finding: "+names[a.Status])
	}
	slices.Sort(want)
	folder, err := os.Getwd()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "findings.jsonl")
	cluster := kafkatest.NewCluster(t, kfake.SeedTopics(3, "findings"))
	broker := cluster.ListenAddrs()[0]
	collector := launch(t, fmt.Sprintf(ocsfConfig, folder, path, broker))

	client, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.ConsumeTopics("findings"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	require.NoError(t, err)
	defer client.Close()
	var topic []byte
	deadline := time.After(time.Minute)
	for bytes.Count(topic, []byte{'\n'}) < len(want) {
		select {
		case <-deadline:
			require.FailNow(t, "findings are missing in Kafka", "got %d of %d", bytes.Count(topic, []byte{'\n'}), len(want))
		default:
		}
		fetches := client.PollFetches(t.Context())
		require.NoError(t, fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) { topic = append(append(topic, r.Value...), '\n') })
	}
	assert.Equal(t, want, findingsOf(t, topic))
	collector.interrupt(t)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, want, findingsOf(t, text))
}
