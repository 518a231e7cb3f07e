// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/extension/kafkastorageextension"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

const detectorPartitions = 12

// detectorRig is a topic with flow logs, a topic with state, and the alerts of all detectors.
type detectorRig struct {
	t        *testing.T
	cluster  *kfake.Cluster    // nil with Apache Kafka
	broker   *kafkatest.Broker // nil with kfake
	brokers  []string
	topic    string
	state    string
	producer *kgo.Client
	started  int

	mu   sync.Mutex
	seen map[string]bool // the alerts of all detectors
}

func newDetectorRig(t *testing.T, brokers []string) *detectorRig {
	t.Helper()
	r := &detectorRig{t: t, brokers: brokers, topic: "flows-" + strings.ToLower(rand.Text()), seen: map[string]bool{}}
	r.state = r.topic + "-state"
	var err error
	r.producer, err = kgo.NewClient(kgo.SeedBrokers(r.brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	require.NoError(t, err)
	t.Cleanup(r.producer.Close)
	_, err = kadm.NewClient(r.producer).CreateTopic(t.Context(), detectorPartitions, 1, nil, r.topic)
	require.NoError(t, err)
	return r
}

// produce writes messages; the partition depends on the account.
func (r *detectorRig) produce(messages []flowMessage) {
	r.t.Helper()
	var records []*kgo.Record
	for _, m := range messages {
		records = append(records, &kgo.Record{Topic: r.topic, Partition: int32(m.account % detectorPartitions), Value: []byte(m.text)})
	}
	require.NoError(r.t, r.producer.ProduceSync(r.t.Context(), records...).FirstErr())
}

// detectorProcess is what runs in a detector: storage, receiver and processor.
type detectorProcess struct {
	rig       *detectorRig
	logs      *observer.ObservedLogs
	storage   *killableStorage
	processor processor.Logs
	receiver  receiver.Logs
	killed    atomic.Bool
	stopOnce  sync.Once
}

// start starts a detector.
func (r *detectorRig) start() *detectorProcess {
	r.t.Helper()
	core, logs := observer.New(zap.InfoLevel)
	d := &detectorProcess{rig: r, logs: logs}
	r.started++
	d.storage = &killableStorage{Extension: r.openStorage(fmt.Sprint("detector-", r.started)), killed: &d.killed}

	sink, err := consumer.NewLogs(d.alert)
	require.NoError(r.t, err)
	pf := vpcdetectionprocessor.NewFactory()
	pc := pf.CreateDefaultConfig()
	require.NoError(r.t, confmap.NewFromStringMap(detectionSettings("kafka_storage")).Unmarshal(pc))
	ps := processortest.NewNopSettings(pf.Type())
	ps.ID, ps.Logger = component.NewID(pf.Type()), zap.New(core)
	d.processor, err = pf.CreateLogs(r.t.Context(), ps, pc, sink)
	require.NoError(r.t, err)
	require.NoError(r.t, d.processor.Start(r.t.Context(), d))

	rf := vpcflowreceiver.NewFactory()
	rc := rf.CreateDefaultConfig()
	require.NoError(r.t, confmap.NewFromStringMap(map[string]any{
		"kafka": map[string]any{
			"brokers": r.brokerList(), "logs": map[string]any{"topics": []any{r.topic}, "encoding": "text"}, "group_id": r.topic,
			"session_timeout": "6s", "heartbeat_interval": "200ms", "max_fetch_wait": "10ms", "max_partition_fetch_size": 4000,
		},
		"retry_on_failure": map[string]any{"initial_interval": "5ms", "max_interval": "50ms"},
	}).Unmarshal(rc))
	rs := receivertest.NewNopSettings(rf.Type())
	rs.ID, rs.Logger = component.NewID(rf.Type()), zap.New(core)
	d.receiver, err = rf.CreateLogs(r.t.Context(), rs, rc, d.processor)
	require.NoError(r.t, err)
	require.NoError(r.t, d.receiver.Start(r.t.Context(), d))
	r.t.Cleanup(d.stop)
	return d
}

func detectionSettings(storageID string) map[string]any {
	settings := map[string]any{
		"emit_resolved": true, "checkpoint_interval": "1s",
		"rules": map[string]any{"new_internal_peer": map[string]any{"learning_period": "0s"}, "flow_logs_stopped": map[string]any{"enabled": false}},
	}
	if storageID != "" {
		settings["storage"] = storageID
	}
	return settings
}

// openStorage starts an extension.
func (r *detectorRig) openStorage(prefix string) storage.Extension {
	r.t.Helper()
	f := kafkastorageextension.NewFactory()
	cfg := f.CreateDefaultConfig()
	require.NoError(r.t, confmap.NewFromStringMap(map[string]any{
		"brokers": r.brokerList(), "topic": r.state, "partitions": 3, "replication_factor": 1, "prefix": prefix,
	}).Unmarshal(cfg))
	made, err := f.Create(r.t.Context(), extensiontest.NewNopSettings(f.Type()), cfg)
	require.NoError(r.t, err)
	require.NoError(r.t, made.Start(r.t.Context(), nil))
	return made.(storage.Extension)
}

func (r *detectorRig) brokerList() (list []any) {
	for _, broker := range r.brokers {
		list = append(list, broker)
	}
	return list
}

// GetExtensions makes the detector the host of its components.
func (d *detectorProcess) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("kafka_storage"): d.storage}
}

var errKilled = errors.New("the detector is killed")

// alert notes alerts.
func (d *detectorProcess) alert(_ context.Context, logs plog.Logs) error {
	if d.killed.Load() {
		return errKilled
	}
	d.rig.mu.Lock()
	defer d.rig.mu.Unlock()
	return addAlerts(d.rig.seen, logs)
}

// addAlerts adds the identity, the status and all values of alerts.
func addAlerts(to map[string]bool, logs plog.Logs) error {
	for a, err := range alertotlp.All(logs) {
		if err != nil {
			return err
		}
		a.Observed = time.Time{}
		text, err := json.Marshal(a)
		if err != nil {
			return err
		}
		to[string(text)] = true
	}
	return nil
}

// stop ends the detector in order.
func (d *detectorProcess) stop() {
	d.stopOnce.Do(func() {
		ctx := context.Background()
		assert.NoError(d.rig.t, d.receiver.Shutdown(ctx))
		err := d.processor.Shutdown(ctx)
		assert.True(d.rig.t, err == nil || d.killed.Load(), "%v", err)
		assert.NoError(d.rig.t, d.storage.Shutdown(ctx))
	})
}

// kill loses what is not stored: from now on, nothing is stored and no alert leaves. Its partitions go to others.
func (d *detectorProcess) kill() {
	d.killed.Store(true)
	d.stop()
}

// killableStorage is a storage extension that fails once the detector is killed.
type killableStorage struct {
	storage.Extension
	killed *atomic.Bool
}

// GetShardClient opens the state of a partition.
func (s *killableStorage) GetShardClient(ctx context.Context, kind component.Kind, id component.ID, shard string) (storage.Client, error) {
	c, err := openShard(ctx, s.Extension, kind, id, shard)
	return killableClient{c, s.killed}, err
}

func openShard(ctx context.Context, extension storage.Extension, kind component.Kind, id component.ID, shard string) (storage.Client, error) {
	return extension.(interface {
		GetShardClient(context.Context, component.Kind, component.ID, string) (storage.Client, error)
	}).GetShardClient(ctx, kind, id, shard)
}

type killableClient struct {
	storage.Client
	killed *atomic.Bool
}

// Batch implements storage.Client.
func (c killableClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if c.killed.Load() {
		return errKilled
	}
	return c.Client.Batch(ctx, ops...)
}

// requireAlerts waits until the detectors have sent the alerts, and no others.
func (r *detectorRig) requireAlerts(want map[string]bool) {
	r.t.Helper()
	missing := func() (list []string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for a := range want {
			if !r.seen[a] {
				list = append(list, a)
			}
		}
		return list
	}
	if !assert.Eventually(r.t, func() bool { return len(missing()) == 0 }, time.Minute, 20*time.Millisecond) {
		list := missing()
		require.Empty(r.t, list[:min(3, len(list))], "%d alerts are missing", len(list))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for a := range r.seen {
		require.Contains(r.t, want, a, "an alert that one process does not send")
	}
}

func (r *detectorRig) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen)
}

// alertsOfOneProcess returns the alerts of a single detector that reads all messages. There are many of them.
func alertsOfOneProcess(t *testing.T, messages []flowMessage) map[string]bool {
	t.Helper()
	alerts := alertsOfMessages(t, messages)
	statuses := map[alert.Status]int{}
	for text := range alerts {
		var a alert.Alert
		require.NoError(t, json.Unmarshal([]byte(text), &a))
		statuses[a.Status]++
	}
	require.Greater(t, statuses[alert.Opened], 50)
	require.Greater(t, statuses[alert.Resolved], 50)
	return alerts
}

// alertsOfMessages returns the alerts of a single detector that reads the messages.
func alertsOfMessages(t *testing.T, messages []flowMessage) map[string]bool {
	t.Helper()
	alerts := map[string]bool{}
	sink, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error { return addAlerts(alerts, logs) })
	require.NoError(t, err)
	f := vpcdetectionprocessor.NewFactory()
	cfg := f.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(detectionSettings("")).Unmarshal(cfg))
	d, err := f.CreateLogs(t.Context(), processortest.NewNopSettings(f.Type()), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, d.Start(t.Context(), &detectorProcess{}))
	for _, m := range messages {
		logs := plog.NewLogs()
		records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for line := range strings.Lines(m.text) {
			records.AppendEmpty().Body().SetStr(strings.TrimSpace(line))
		}
		require.NoError(t, d.ConsumeLogs(t.Context(), logs))
	}
	require.NoError(t, d.Shutdown(t.Context()))
	return alerts
}
