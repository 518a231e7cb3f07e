// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

const (
	flowTopic     = "vpc-flow-logs"
	stateTopic    = "vpc-flow-state"
	alertTopic    = "vpc-flow-alerts"
	detectorGroup = "vpc-flow-detectors"
)

// kafkaRig is an Apache Kafka, a reader of files, and detectors, each in a process of its own.
type kafkaRig struct {
	t         *testing.T
	broker    *kafkatest.Broker
	admin     *kadm.Client
	consumer  *kgo.Client // of the alerts
	seen      map[string]bool
	sent      int // alerts, also those that were sent again
	folder    string
	detectors map[string]*process
	started   int
	rules     string
}

func newKafkaRig(t *testing.T, partitions int) *kafkaRig {
	t.Helper()
	broker := kafkatest.Start(t)
	broker.CreateTopics(partitions)
	rules, err := yaml.Marshal(map[string]any{"processors": map[string]any{"vpc_detection": detectionSettings("kafka_storage")}})
	require.NoError(t, err)
	r := &kafkaRig{t: t, broker: broker, seen: map[string]bool{}, folder: t.TempDir(), detectors: map[string]*process{}, rules: string(rules)}
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Address))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	r.admin = kadm.NewClient(client)
	r.consumer, err = kgo.NewClient(kgo.SeedBrokers(broker.Address), kgo.ConsumeTopics(alertTopic))
	require.NoError(t, err)
	t.Cleanup(r.consumer.Close)
	return r
}

// startDetector starts config/detector.yaml. Its client id is its name.
func (r *kafkaRig) startDetector(settings ...string) (name string) {
	r.t.Helper()
	r.started++
	name = fmt.Sprint("detector-", r.started)
	config := strings.NewReplacer("${env:KAFKA_BROKER}", r.broker.Address, "${env:DETECTOR}", name).Replace(read(r.t, "config/detector.yaml"))
	arguments := []string{"--config", "yaml:" + r.rules, "--config", `yaml:
receivers: {vpc_flow: {kafka: {client_id: ` + name + `, session_timeout: 6s, heartbeat_interval: 500ms}}}
service: {telemetry: {metrics: {level: none}}}`}
	for _, each := range settings {
		arguments = append(arguments, "--config", "yaml:"+each)
	}
	r.detectors[name] = launch(r.t, config, arguments...)
	return name
}

// startReader starts config/reader.yaml, which reads the files of the folder instead of S3.
func (r *kafkaRig) startReader() *process {
	r.t.Helper()
	files := "files: {include: ['" + r.folder + "/*.log'], start_at: beginning, poll_interval: 100ms}"
	config := strings.NewReplacer(`s3: {sqs_queue_url: "${env:SQS_QUEUE_URL}"}`, files, "${env:KAFKA_BROKER}", r.broker.Address, "${env:READER}", "reader").
		Replace(read(r.t, "config/reader.yaml"))
	return launch(r.t, config, "--config", "yaml:service::telemetry::metrics::level: none")
}

// write appends messages to the file that the reader reads.
func (r *kafkaRig) write(messages []flowMessage) {
	r.t.Helper()
	file, err := os.OpenFile(filepath.Join(r.folder, "flows.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, file.Close()) }()
	for _, m := range messages {
		_, err := file.WriteString(m.text)
		require.NoError(r.t, err)
	}
}

// kill ends a detector at once.
func (r *kafkaRig) kill(name string) {
	r.t.Helper()
	p := r.detectors[name]
	delete(r.detectors, name)
	require.NoError(r.t, p.Process.Signal(syscall.SIGKILL))
	_ = p.Wait()
}

// stop ends a detector in order.
func (r *kafkaRig) stop(name string) {
	r.t.Helper()
	p := r.detectors[name]
	delete(r.detectors, name)
	p.interrupt(r.t)
}

func (r *kafkaRig) names() []string { return slices.Sorted(maps.Keys(r.detectors)) }

// poll reads the alerts that arrive within a short time.
func (r *kafkaRig) poll() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 200*time.Millisecond)
	defer cancel()
	for record := range r.consumer.PollFetches(ctx).RecordsAll() {
		logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(record.Value)
		require.NoError(r.t, err)
		r.sent += logs.LogRecordCount()
		require.NoError(r.t, addAlerts(r.seen, logs))
	}
}

// await polls until a condition holds.
func (r *kafkaRig) await(what string, limit time.Duration, holds func() bool) {
	r.t.Helper()
	for end := time.Now().Add(limit); !holds(); r.poll() { //nolint:forbidigo // It waits for processes.
		if time.Now().After(end) { //nolint:forbidigo // see above
			r.log()
			require.FailNow(r.t, "timeout", what)
		}
	}
}

// awaitMore waits until a number of further alerts have arrived.
func (r *kafkaRig) awaitMore(n int) {
	r.t.Helper()
	before := len(r.seen)
	r.await("no further alerts", time.Minute, func() bool { return len(r.seen) >= before+n })
}

// awaitAlerts waits for the alerts, and fails if others arrive.
func (r *kafkaRig) awaitAlerts(want map[string]bool) {
	r.t.Helper()
	missing := func() (n int) {
		for a := range want {
			if !r.seen[a] {
				n++
			}
		}
		return n
	}
	r.await("alerts are missing", 3*time.Minute, func() bool {
		for a := range r.seen {
			require.Contains(r.t, want, a, "an alert that one process does not send")
		}
		return missing() == 0
	})
	r.t.Logf("%d different alerts of %d that were sent", len(r.seen), r.sent)
}

// awaitMembers waits until the group has these members, each with partitions, and is stable.
func (r *kafkaRig) awaitMembers(names []string) {
	r.t.Helper()
	r.await(fmt.Sprint("the members of the group are not ", names), time.Minute, func() bool {
		groups, err := r.admin.DescribeGroups(r.t.Context(), detectorGroup)
		group := groups[detectorGroup]
		if err != nil || group.State != "Stable" {
			return false
		}
		var found []string
		for _, m := range group.Members {
			if assigned, ok := m.Assigned.AsConsumer(); ok && len(assigned.Topics) > 0 {
				found = append(found, m.ClientID)
			}
		}
		slices.Sort(found)
		return slices.Equal(found, names)
	})
}

// awaitCommitted waits until the detectors have counted all messages and stored that.
func (r *kafkaRig) awaitCommitted(limit time.Duration) {
	r.t.Helper()
	r.await("messages are not read", limit, func() bool {
		lags, err := r.admin.Lag(r.t.Context(), detectorGroup)
		lag := lags[detectorGroup]
		return err == nil && lag.Error() == nil && len(lag.Lag) > 0 && lag.Lag.Total() == 0
	})
}

// log prints the end of the output of all detectors.
func (r *kafkaRig) log() {
	for name, p := range r.detectors {
		text := p.output.String()
		r.t.Logf("%s:\n%s", name, text[max(0, len(text)-1000):])
	}
}

// records returns all committed records of a topic, partition by partition.
func (r *kafkaRig) records(topic string) (list []*kgo.Record) {
	r.t.Helper()
	ends, err := r.admin.ListCommittedOffsets(r.t.Context(), topic)
	require.NoError(r.t, err)
	starts, err := r.admin.ListStartOffsets(r.t.Context(), topic)
	require.NoError(r.t, err)
	ends.Each(func(end kadm.ListedOffset) {
		start, _ := starts.Lookup(topic, end.Partition)
		if start.Offset >= end.Offset {
			return
		}
		client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.Address), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords(),
			kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {end.Partition: kgo.NewOffset().AtStart()}}))
		require.NoError(r.t, err)
		defer client.Close()
		for next := start.Offset; next < end.Offset; {
			fetches := client.PollFetches(r.t.Context())
			require.NoError(r.t, fetches.Err())
			for record := range fetches.RecordsAll() {
				next = record.Offset + 1
				if !record.Attrs.IsControl() {
					list = append(list, record)
				}
			}
		}
	})
	return list
}

// requireFencedWriters checks that nobody wrote to the state of an owner after its successor did. All writers of an owner have
// the same transactional id, so that Kafka gives them the same producer id and increasing epochs.
func (r *kafkaRig) requireFencedWriters() {
	r.t.Helper()
	type producer struct {
		owner string
		id    int64
	}
	newest, owners := map[producer]int16{}, map[string]bool{}
	for _, record := range r.records(stateTopic) {
		owner, _, _ := strings.Cut(string(record.Key), "\x00")
		if record.ProducerID < 0 || !strings.HasPrefix(owner, "Processor/") {
			continue // The values that readers share have no writer of their own, and detectors have state of their own.
		}
		p := producer{owner, record.ProducerID}
		require.GreaterOrEqual(r.t, record.ProducerEpoch, newest[p], "an earlier writer of %s has written at offset %d", owner, record.Offset)
		newest[p] = record.ProducerEpoch
		owners[owner] = true
	}
	require.NotEmpty(r.t, owners)
}

// memory returns the resident memory of a process in bytes, or 0 if the system does not tell.
func memory(p *process) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	line, _, _ := strings.Cut(rest, "kB")
	kb, _ := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return kb << 10
}
