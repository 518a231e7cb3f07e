// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/receiver/receivertest"

	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

var crashSeeds = flag.Int("crash-seeds", 20, "number of random histories of TestCrashesDoNotChangeTheAlerts")

// world is what survives a crash: the stored values of each component, and the alerts that were delivered. It can take a
// copy at any moment, as kill -9 leaves it. It is the storage extension and the exporter of a pipeline.
type world struct {
	component.StartFunc
	component.ShutdownFunc
	random *rand.Rand

	mu     sync.Mutex
	values map[string]map[string][]byte
	alerts map[string]bool
	// events counts the writes and the deliveries, each before and after. The crash is at event crashAt; 0 means never.
	events, crashAt int
	// crashed is the copy. changed is signaled after each event.
	crashed *world
	changed chan struct{}
}

// newWorld returns a world with a random source of its own, because its components run concurrently with the test.
func newWorld(random *rand.Rand) *world {
	own := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
	return &world{random: own, values: map[string]map[string][]byte{}, alerts: map[string]bool{}, changed: make(chan struct{}, 1)}
}

// event may be the moment of the crash. The caller holds mu.
func (w *world) event() {
	if w.events++; w.events == w.crashAt {
		w.crashed = newWorld(w.random)
		for component, values := range w.values {
			w.crashed.values[component] = maps.Clone(values)
		}
		w.crashed.alerts = maps.Clone(w.alerts)
	}
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

func (*world) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// ConsumeLogs accepts alerts, except for some.
func (w *world) ConsumeLogs(_ context.Context, logs plog.Logs) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.event()
	delivered, isLast := map[string]bool{}, false
	for a, err := range alertotlp.All(logs) {
		if err != nil {
			return err
		}
		delivered[fmt.Sprintf("%s %s %s %d %d", a.UID, a.Status, a.Rule, a.Time, a.Measure)] = true
		isLast = isLast || a.Source.String() == lastSource
	}
	if w.random.IntN(10) == 0 && !isLast {
		return errors.New("busy")
	}
	maps.Copy(w.alerts, delivered)
	if isLast {
		w.alerts[lastSource] = true
	}
	w.event()
	return nil
}

func (w *world) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("file_storage"): w}
}

func (w *world) GetClient(_ context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := fmt.Sprint(kind, id, name)
	if w.values[key] == nil {
		w.values[key] = map[string][]byte{}
	}
	return &worldClient{w, key}, nil
}

type worldClient struct {
	world *world
	key   string
}

func (c *worldClient) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

func (c *worldClient) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

func (c *worldClient) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

func (c *worldClient) Batch(_ context.Context, ops ...*storage.Operation) error {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	values, writes := c.world.values[c.key], false
	for _, op := range ops {
		writes = writes || op.Type != storage.Get
	}
	if writes {
		c.world.event()
		defer c.world.event()
	}
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			op.Value = values[op.Key]
		case storage.Set:
			values[op.Key] = slices.Clone(op.Value)
		case storage.Delete:
			delete(values, op.Key)
		}
	}
	return nil
}

func (*worldClient) Close(context.Context) error { return nil }

// lastSource is the source of the last flow, which alerts. All other alerts are delivered before it.
const lastSource = "10.9.9.9"

// randomTraffic returns three hours of flows of a few hosts, with scans, brute-force attempts, new pairs and countries.
func randomTraffic(random *rand.Rand) (lines []string) {
	add := func(src string, srcPort int, dst string, dstPort, at int, action string) {
		lines = append(lines, fmt.Sprintf("2 123456789012 eni-0a1b2c3d4e5f60718 %s %s %d %d 6 1 60 %d %d %s OK\n",
			src, dst, srcPort, dstPort, 1736899200+at, 1736899200+at, action))
	}
	for at := 0; at < 3*3600; at += 30 {
		for host := range 3 {
			src, port := fmt.Sprintf("10.0.0.%d", 1+host), 49152+random.IntN(16000)
			add(src, port, fmt.Sprintf("10.0.1.%d", 1+random.IntN(40)), 443, at, "ACCEPT")
			add(src, port, fmt.Sprintf("198.51.100.%d", at/900), 443, at, "ACCEPT") // a sum shows records that are counted twice
			switch (at/600 + host) % 6 {
			case 0:
				add(src, port, fmt.Sprintf("10.0.2.%d", random.IntN(250)), 1000+random.IntN(100), at, "REJECT")
			case 1:
				add("203.0.113.7", port, src, 1+random.IntN(60), at, "REJECT")
			case 2:
				add("203.0.113.8", port, src, 22, at, []string{"REJECT", "REJECT", "ACCEPT"}[random.IntN(3)])
			case 3:
				add(src, port, fmt.Sprintf("%d.8.8.8", 1+random.IntN(200)), 53, at, "ACCEPT")
			}
		}
	}
	add(lastSource, 50000, "8.8.8.8", 53, 3*3600, "ACCEPT")
	return lines
}

// pipeline is a receiver of files and a processor, with the world as storage and exporter.
type pipeline struct{ receiver, processor component.Component }

func startPipeline(t *testing.T, w *world, dir string, batch, shards int, emit string) pipeline {
	t.Helper()
	processors, receivers := vpcdetectionprocessor.NewFactory(), vpcflowreceiver.NewFactory()
	detection := processors.CreateDefaultConfig().(*vpcdetectionprocessor.Config)
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"storage": "file_storage", "shards": shards,
		"rules": map[string]any{
			"new_internal_peer": map[string]any{"learning_period": "0s"}, "unusual_country": map[string]any{"learning_period": "0s"},
			"large_outbound_transfer": map[string]any{"threshold": 900},
		},
	}).Unmarshal(detection))
	detection.CheckpointInterval = 5 * time.Millisecond
	processorSet := processortest.NewNopSettings(processors.Type())
	processorSet.ID = component.MustNewID("vpc_detection")
	processor, err := processors.CreateLogs(t.Context(), processorSet, detection, w)
	require.NoError(t, err)

	flows := receivers.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"storage": "file_storage", "max_batch_size": batch, "emit": emit,
		"files": map[string]any{"include": []any{filepath.Join(dir, "*")}, "poll_interval": "1ms"},
	}).Unmarshal(flows))
	receiverSet := receivertest.NewNopSettings(receivers.Type())
	receiverSet.ID = component.MustNewID("vpc_flow")
	receiver, err := receivers.CreateLogs(t.Context(), receiverSet, flows, processor)
	require.NoError(t, err)
	require.NoError(t, processor.Start(t.Context(), w))
	require.NoError(t, receiver.Start(t.Context(), w))
	return pipeline{receiver, processor}
}

func (p pipeline) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, p.receiver.Shutdown(context.Background()))  //nolint:usetesting // also at the end of the test
	require.NoError(t, p.processor.Shutdown(context.Background())) //nolint:usetesting // also at the end of the test
}

// TestCrashesDoNotChangeTheAlerts kills a pipeline at random moments, each before or after a write of one of its components
// or a delivery of alerts. It restarts it with what was stored and delivered at that moment, with other sizes of
// batches, another number of shards and another content of records. The set of alerts must be that of an undisturbed run.
func TestCrashesDoNotChangeTheAlerts(t *testing.T) {
	crashes := 0
	for seed := range uint64(*crashSeeds) {
		random := rand.New(rand.NewPCG(seed, 13))
		lines := randomTraffic(random)
		want := runPipeline(t, random, lines, 0, &crashes)
		got := runPipeline(t, random, lines, 6, &crashes)
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), "seed %d", seed)
		require.Greater(t, len(want), 20)
	}
	t.Logf("%d crashes", crashes)
}

// runPipeline returns the alerts of a pipeline that reads the lines from files and is killed at most the given number of times.
func runPipeline(t *testing.T, random *rand.Rand, lines []string, kills int, crashes *int) map[string]bool {
	t.Helper()
	dir, w := t.TempDir(), newWorld(random)
	write := writeFiles(t, dir, random, lines)
	for {
		w.crashAt = 0
		if kills > 0 {
			kills--
			w.crashAt = 1 + random.IntN(30)
		}
		emit := []string{"attributes", "lines", "blocks"}[random.IntN(3)]
		p := startPipeline(t, w, dir, 1+random.IntN(300), 1+random.IntN(3), emit)
		next := w.wait(t, write)
		p.stop(t)
		if next == nil {
			return w.alerts
		}
		w = next
		*crashes++
	}
}

// wait waits until the last alert is delivered or the world has crashed. It returns the copy of a crashed world.
func (w *world) wait(t *testing.T, write func() bool) *world {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		w.mu.Lock()
		crashed, isDone := w.crashed, w.alerts[lastSource]
		w.mu.Unlock()
		if crashed != nil || isDone {
			return crashed
		}
		if write() {
			continue
		}
		select {
		case <-w.changed:
		case <-timeout:
			require.FailNow(t, "the last alert is missing")
		}
	}
}

// writeFiles writes the lines to several files, one of them compressed, or to one file that grows. Each call of write
// appends to the file; it returns false at the end.
func writeFiles(t *testing.T, dir string, random *rand.Rand, lines []string) (write func() bool) {
	t.Helper()
	if random.IntN(2) == 0 {
		path := filepath.Join(dir, "flows.log")
		return func() bool {
			if len(lines) == 0 {
				return false
			}
			n := min(1+random.IntN(100), len(lines))
			file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
			require.NoError(t, err)
			_, err = file.WriteString(strings.Join(lines[:n], ""))
			require.NoError(t, errors.Join(err, file.Close()))
			lines = lines[n:]
			return true
		}
	}
	for number := 0; len(lines) > 0; number++ {
		n := min(1+random.IntN(600), len(lines))
		file, err := os.Create(filepath.Join(dir, fmt.Sprintf("%03d.log", number)))
		require.NoError(t, err)
		text := strings.Join(lines[:n], "")
		if number%3 == 1 {
			zip := gzip.NewWriter(file)
			_, err = zip.Write([]byte(text))
			err = errors.Join(err, zip.Close())
		} else {
			_, err = file.WriteString(text)
		}
		require.NoError(t, errors.Join(err, file.Close()))
		lines = lines[n:]
	}
	return func() bool { return false }
}
