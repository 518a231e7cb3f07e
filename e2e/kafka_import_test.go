// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStateOfOneCollectorMovesToDetectors reads half of the files with one collector and file_storage, and the rest with a reader
// and three detectors, the first of which imports the state.
func TestStateOfOneCollectorMovesToDetectors(t *testing.T) {
	r := newKafkaRig(t, detectorPartitions)
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	half := len(messages) / 2
	state := t.TempDir()

	r.write(messages[:half])
	one := launch(t, fmt.Sprintf(`
extensions: {file_storage: {directory: %q}}
receivers: {vpc_flow: {files: {include: ['%s/*.log'], start_at: beginning, poll_interval: 100ms}, storage: file_storage}}
processors: {vpc_detection: {}}
exporters: {kafka: {brokers: [%q], logs: {topic: %s, encoding: otlp_json}, sending_queue: {enabled: false}}}
service:
  telemetry: {metrics: {level: none}}
  extensions: [file_storage]
  pipelines: {logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [kafka]}}`,
		state, r.folder, r.broker.Address, alertTopic),
		"--config", "yaml:"+strings.ReplaceAll(r.rules, "kafka_storage", "file_storage"))
	before := alertsOfMessages(t, messages[:half])
	require.Less(t, len(before), len(want))
	r.await("the first half is not read", time.Minute, func() bool { return len(r.seen) >= len(before) })
	one.interrupt(t)
	r.awaitAlerts(before)

	importing := r.startDetector(fmt.Sprintf(`
extensions: {file_storage/former: {directory: %q}}
processors: {vpc_detection: {import_state: {storage: file_storage/former, topic: %s, partitions: %d}}}
service: {extensions: [kafka_storage, file_storage/former]}`, state, flowTopic, detectorPartitions))
	r.awaitMembers(r.names())
	require.Contains(t, r.detectors[importing].output.String(), fmt.Sprintf(`"partitions": %d, "accounts": %d`, detectorPartitions, trafficAccounts))
	for range 2 {
		r.startDetector()
	}
	r.folder = t.TempDir()
	r.startReader()
	r.write(messages[half:])
	r.awaitAlerts(want)
}
