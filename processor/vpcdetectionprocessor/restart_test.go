// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// storageHarness runs processors with one file storage, and ticks that the test sends.
type storageHarness struct {
	t        testing.TB
	dir      string
	config   string
	sink     consumertest.LogsSink
	ticks    chan time.Time
	storage  storage.Extension
	now      time.Time
	messages *observer.ObservedLogs
	// reported are the alerts that were sent before the crash. They may be sent again, with the same uid and status.
	reported map[string]bool
}

func newStorageHarness(t testing.TB, dir, config string) *storageHarness {
	t.Helper()
	h := &storageHarness{t: t, dir: dir, config: config, ticks: make(chan time.Time), now: clock(), reported: map[string]bool{}}
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) }) //nolint:usetesting // the test's context is canceled by then
	h.storage = made.(storage.Extension)
	return h
}

func (h *storageHarness) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("file_storage"): h.storage}
}

func (h *storageHarness) build() *detector {
	h.t.Helper()
	core, messages := observer.New(zap.InfoLevel)
	h.messages = messages
	set := processortest.NewNopSettings(componentType)
	set.ID = component.NewID(componentType)
	set.Logger = zap.New(core)
	cfg := configOf(h.t, h.config)
	id := component.MustNewID("file_storage")
	cfg.Storage = &id
	d, err := newDetector(set, cfg, &h.sink, func() time.Time { return h.now })
	require.NoError(h.t, err)
	d.newTicker = func(interval time.Duration) (<-chan time.Time, func()) {
		assert.Equal(h.t, cfg.CheckpointInterval, interval)
		return h.ticks, func() {}
	}
	return d
}

func (h *storageHarness) start() *detector {
	h.t.Helper()
	d := h.build()
	require.NoError(h.t, d.Start(h.t.Context(), h))
	return d
}

// checkpoint saves a checkpoint, as a tick does.
func (h *storageHarness) checkpoint(d *detector) {
	d.checkpoints.save(h.t.Context())
}

func (h *storageHarness) see(d *detector, lines ...string) {
	h.t.Helper()
	require.NoError(h.t, d.ConsumeLogs(h.t.Context(), decoded(lines...)))
}

// rules returns the alerts since the last call, each as the rule, the status and the source. It leaves out those that were
// sent before a crash.
func (h *storageHarness) rules() (list []string) {
	h.t.Helper()
	for _, a := range alertsIn(h.t, &h.sink) {
		if !h.reported[a.UID+string(a.Status)] {
			list = append(list, fmt.Sprintf("%s %s %s", a.Rule, a.Status, a.Source))
		}
	}
	h.sink.Reset()
	return list
}

// crashed returns a harness with a copy of the storage, as a killed collector leaves it. sent are the alerts that were sent
// before.
func (h *storageHarness) crashed(sent ...*alert.Alert) *storageHarness {
	h.t.Helper()
	dir := h.t.TempDir()
	require.NoError(h.t, os.CopyFS(dir, os.DirFS(h.dir)))
	crashed := newStorageHarness(h.t, dir, h.config)
	for _, a := range sent {
		crashed.reported[a.UID+string(a.Status)] = true
	}
	return crashed
}

// probes returns a rejected flow to each host in a range. Ten of them make external_reject_sweep fire.
func probes(from, to int) (lines []string) {
	for host := from; host <= to; host++ {
		lines = append(lines, line("203.0.113.7", 50000, fmt.Sprintf("10.0.4.%d", host), 443, host, "REJECT"))
	}
	return lines
}

const atOnce = "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}}}"

func TestStateSurvivesARestart(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 5)...)
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 6, "ACCEPT"), dnsOverTCP(1, 6))
	require.Equal(t, []string{"new_internal_peer opened 10.0.0.5", "dns_not_over_udp opened 10.0.0.1"}, h.rules())
	require.NoError(t, d.Shutdown(t.Context()))

	d = h.start()
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 7, "ACCEPT"), dnsOverTCP(1, 7))
	require.Empty(t, h.rules(), "the pair is known and the episode is open")
	h.see(d, probes(6, 10)...)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, h.rules(), "five flows before the restart and five after it")
	require.NoError(t, d.Shutdown(t.Context()))

	d = h.start()
	h.see(d, line("10.0.0.9", 443, "10.0.0.8", 50000, 200_000, "ACCEPT")) // a reply, which advances the watermark
	require.Equal(t, []string{
		"external_reject_sweep resolved 203.0.113.7", "dns_not_over_udp resolved 10.0.0.1",
	}, h.rules(), "episodes of before the restart end")
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestCrashLosesChangesSinceTheLastCheckpointButNoNewPair(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 5)...)
	h.checkpoint(d)
	h.see(d, probes(6, 9)...)
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 9, "ACCEPT"))
	sent := alertsIn(t, &h.sink)
	require.Equal(t, []string{"new_internal_peer opened 10.0.0.5"}, h.rules())
	crash := h.crashed(sent...)
	require.NoError(t, d.Shutdown(t.Context()))

	d = crash.start()
	crash.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 10, "ACCEPT"))
	crash.see(d, probes(10, 13)...)
	require.Empty(t, crash.rules(), "the pair is known; flows 6 to 9 are lost")
	crash.see(d, probes(14, 14)...)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestNewPairAndItsAlertAreSavedBeforeTheAlertIsSent(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.build()
	var crash *storageHarness
	next := &nextConsumer{during: func() { crash = h.crashed() }}
	d.queue.next = next
	require.NoError(t, d.Start(t.Context(), h))
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT"))
	require.NoError(t, d.Shutdown(t.Context()))
	require.NotNil(t, crash)
	d = crash.start()
	crash.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 1, "ACCEPT"))
	require.Equal(t, alertsIn(t, &next.LogsSink), alertsIn(t, &crash.sink), "the alert that the crash has interrupted; the pair is known")
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestConcurrentFlushSendsNoAlertOfAnUnsavedPair(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	disk := &flakyStorage{Extension: h.storage}
	h.storage = disk
	d := h.start()
	writes := 0
	disk.during = func() { // as the end of another batch
		writes++
		d.queue.flush(t.Context())
		require.Empty(t, h.rules())
	}
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT"))
	disk.during = nil
	require.Equal(t, 1, writes)
	require.Len(t, h.rules(), 1)
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestStateThatStillAppliesSurvivesAChangeOfSettings(t *testing.T) {
	const undivided = "{shards: 1, emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}}}"
	h := newStorageHarness(t, t.TempDir(), undivided)
	peer := func(d *detector, n, after int) {
		h.see(d, line(fmt.Sprintf("10.0.0.%d", n), 50000, "10.0.1.1", 443, after, "ACCEPT"))
	}
	d := h.start()
	for n := range 5 {
		peer(d, n+1, 0)
	}
	require.Len(t, h.rules(), 5)
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{shards: 1, rules: {new_internal_peer: {enabled: false}}}"
	d = h.start()
	peer(d, 6, 1)
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = undivided
	d = h.start()
	peer(d, 5, 2)
	require.Empty(t, h.rules(), "a disabled rule keeps its keys")
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{shards: 1, scope: global, rules: {new_internal_peer: {learning_period: 0s}}}"
	d = h.start()
	peer(d, 5, 3)
	require.Len(t, h.rules(), 1, "another scope has no keys")
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{shards: 1, rules: {new_internal_peer: {learning_period: 0s, max_keys: 3}}}"
	d = h.start()
	peer(d, 5, 4)
	peer(d, 4, 4)
	require.Empty(t, h.rules(), "the former scope has its most recent keys")
	peer(d, 1, 4)
	require.Len(t, h.rules(), 1, "the oldest keys were evicted")
	require.NoError(t, d.Shutdown(t.Context()))
}

// flakyStorage is a storage whose writes fail while reject is set.
type flakyStorage struct {
	storage.Extension
	storage.Client
	reject atomic.Pointer[error]
	during func() // called during each write
}

func (f *flakyStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := f.Extension.GetClient(ctx, kind, id, name)
	f.Client = client
	return f, err
}

func (f *flakyStorage) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if f.during != nil {
		f.during()
	}
	if reject := f.reject.Load(); reject != nil {
		return *reject
	}
	return f.Client.Batch(ctx, ops...)
}

func (f *flakyStorage) Shutdown(ctx context.Context) error { return f.Extension.Shutdown(ctx) }

func TestFailedSaveIsRetried(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	full := errors.New("disk full")
	disk := &flakyStorage{Extension: h.storage}
	disk.reject.Store(&full)
	h.storage = disk
	d := h.start()
	for n := range 3 { // only the first tries to save
		h.see(d, line(fmt.Sprintf("10.0.0.%d", n+1), 50000, "10.0.1.1", 443, 0, "ACCEPT"))
	}
	require.Len(t, h.rules(), 3, "alerts are sent nevertheless")
	h.checkpoint(d)
	complaints := h.messages.FilterMessageSnippet("fail to save state")
	require.Equal(t, 1, complaints.Len(), "logged once")
	require.Equal(t, int64(1), complaints.All()[0].ContextMap()["failures"])
	written, failed, _ := counts(d)
	require.Zero(t, written)
	require.GreaterOrEqual(t, failed, int64(2))

	disk.reject.Store(nil)
	h.checkpoint(d)
	crash := h.crashed()
	disk.reject.Store(&full)
	h.see(d, line("10.0.0.4", 50000, "10.0.1.1", 443, 0, "ACCEPT"))
	require.ErrorContains(t, d.Shutdown(t.Context()), "storage: save state at shutdown: the changes since the last checkpoint are lost")

	d = crash.start()
	for n := range 3 {
		crash.see(d, line(fmt.Sprintf("10.0.0.%d", n+1), 50000, "10.0.1.1", 443, 1, "ACCEPT"))
	}
	require.Empty(t, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestEachTickSavesACheckpoint(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 9)...)
	h.ticks <- h.now
	h.ticks <- h.now // received after the first save
	written, _, _ := counts(d)
	require.Equal(t, int64(1), written)
	crash := h.crashed()
	require.NoError(t, d.Shutdown(t.Context()))
	d = crash.start()
	crash.see(d, probes(10, 10)...)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func counts(d *detector) (written, failed, bytes int64) {
	d.engine.Lock()
	defer d.engine.Unlock()
	return d.checkpoints.counts.saved, d.checkpoints.counts.failed, d.checkpoints.counts.bytes
}

func TestCheckpointsAreCounted(t *testing.T) {
	h := newStorageHarness(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT"))
	written, _, bytes := counts(d)
	require.Equal(t, int64(1), written)
	require.Positive(t, bytes)
	h.checkpoint(d)
	_, failed, after := counts(d)
	require.Equal(t, bytes, after, "no further changes")
	require.Zero(t, failed)
	require.NoError(t, d.Shutdown(t.Context()))
}

// failingStorage is a storage extension that returns no client.
type failingStorage struct{ component.Component }

func (failingStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return nil, errors.New("disk full")
}

func TestStartFailsIfTheStorageIsUnusable(t *testing.T) {
	fails := func(h *storageHarness, host component.Host, want string) {
		t.Helper()
		d := h.build()
		require.ErrorContains(t, d.Start(t.Context(), host), want)
		require.NoError(t, d.Shutdown(t.Context()))
	}
	h := newStorageHarness(t, t.TempDir(), "{}")
	fails(h, componenttest.NewNopHost(), `storage: extension "file_storage" is not among the extensions of the service`)
	fails(h, only{}, `storage: extension "file_storage" is not a storage extension`)
	fails(h, only{failingStorage{}}, `storage: extension "file_storage": disk full`)

	d := h.start()
	h.see(d, probes(1, 5)...)
	require.NoError(t, d.Shutdown(t.Context()))
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(h.dir, "processor_vpc_detection_")}, files, "the file in the message below")
	client, err := h.storage.GetClient(t.Context(), component.KindProcessor, d.set.ID, "")
	require.NoError(t, err)
	value, err := client.Get(t.Context(), "external_reject_sweep")
	require.NoError(t, err)
	value[2] ^= 1
	require.NoError(t, client.Set(t.Context(), "external_reject_sweep", value))
	require.NoError(t, client.Close(t.Context()))
	fails(h, h, `storage: extension "file_storage": stored state "external_reject_sweep" is damaged. To start without the saved state, `+
		`remove it from the extension (for file_storage: the file processor_vpc_detection_ in its directory), `+
		`or rename the component, for example to vpc_detection/2`)
}

// only is a host with one extension.
type only struct{ component.Component }

func (o only) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("file_storage"): o.Component}
}

func TestRandomRestartsDoNotChangeTheAlerts(t *testing.T) {
	lines := strings.SplitAfter(mixedTraffic(3), "\n")
	config := "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}}"
	run := func(stops bool) any {
		h := newStorageHarness(t, t.TempDir(), config)
		d := h.start()
		for from := 0; from < len(lines); from += 50 {
			h.see(d, lines[from:min(from+50, len(lines))]...)
			if stops && from/50%7 == 3 {
				h.checkpoint(d)
			}
			if stops && from/50%11 == 5 {
				require.NoError(t, d.Shutdown(t.Context()))
				d = h.start()
			}
		}
		require.NoError(t, d.Shutdown(t.Context()))
		return alertsIn(t, &h.sink)
	}
	require.Equal(t, run(false), run(true))
}

func TestStateSurvivesRestartsWithOtherNumbersOfShards(t *testing.T) {
	const settings = "rules: {new_internal_peer: {learning_period: 0s}}"
	h := newStorageHarness(t, t.TempDir(), "")
	pair := func(n, after int) string {
		return line(fmt.Sprintf("10.0.%d.%d", n>>8, n&0xff), 50000, "10.1.0.1", 443, after, "ACCEPT")
	}
	const pairs = 2000
	for run, shards := range []int{1, 8, 2, 0, 3} {
		h.config = fmt.Sprintf("{shards: %d, %s}", shards, settings)
		d := h.start()
		var lines []string
		for n := range pairs {
			lines = append(lines, pair(n, run))
		}
		lines = append(lines, pair(pairs+run, run))
		h.see(d, lines...)
		sent := alertsIn(t, &h.sink)
		if run == 0 {
			require.Len(t, h.rules(), pairs+1)
		} else {
			require.Equal(t, []string{fmt.Sprintf("new_internal_peer opened 10.0.%d.%d", (pairs+run)>>8, (pairs+run)&0xff)}, h.rules(), "only one pair is new")
		}
		killed := h.crashed(sent...) // new pairs are saved at once
		require.NoError(t, d.Shutdown(t.Context()))
		if run%2 == 0 {
			h = killed
		}
	}
}
