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
)

// home is where a processor lives: a storage extension over a folder, and ticks by hand.
type home struct {
	t       testing.TB
	dir     string
	config  string
	sink    consumertest.LogsSink
	ticks   chan time.Time
	storage storage.Extension
	now     time.Time
	said    *observer.ObservedLogs
}

func newHome(t testing.TB, dir, config string) *home {
	t.Helper()
	h := &home{t: t, dir: dir, config: config, ticks: make(chan time.Time), now: clock()}
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) }) //nolint:usetesting // that of the test has ended then
	h.storage = made.(storage.Extension)
	return h
}

func (h *home) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("file_storage"): h.storage}
}

func (h *home) build() *detector {
	h.t.Helper()
	core, said := observer.New(zap.InfoLevel)
	h.said = said
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

func (h *home) start() *detector {
	h.t.Helper()
	d := h.build()
	require.NoError(h.t, d.Start(h.t.Context(), h))
	return d
}

// checkpoint is what a tick does.
func (h *home) checkpoint(d *detector) {
	d.checkpoints.save(h.t.Context())
}

func (h *home) see(d *detector, lines ...string) {
	h.t.Helper()
	require.NoError(h.t, d.ConsumeLogs(h.t.Context(), decoded(lines...)))
}

// rules lists what has been told since the last call.
func (h *home) rules() (list []string) {
	h.t.Helper()
	for _, a := range told(h.t, &h.sink) {
		list = append(list, fmt.Sprintf("%s %s %s", a.Rule, a.Status, a.Source))
	}
	h.sink.Reset()
	return list
}

// crashed is a copy of what is in the storage now, as a collector that is killed leaves it.
func (h *home) crashed() *home {
	h.t.Helper()
	dir := h.t.TempDir()
	require.NoError(h.t, os.CopyFS(dir, os.DirFS(h.dir)))
	return newHome(h.t, dir, h.config)
}

// probes are rejected ones of the hosts from one number up to another, of which ten make external_reject_sweep fire.
func probes(from, to int) (lines []string) {
	for host := from; host <= to; host++ {
		lines = append(lines, line("203.0.113.7", 50000, fmt.Sprintf("10.0.4.%d", host), 443, host, "REJECT"))
	}
	return lines
}

const atOnce = "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}}}"

func TestAfterARestartTheRulesGoOnAsIfNothingHadHappened(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 5)...)
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 6, "ACCEPT"), dnsOverTCP(1, 6))
	require.Equal(t, []string{"new_internal_peer opened 10.0.0.5", "dns_not_over_udp opened 10.0.0.1"}, h.rules())
	require.NoError(t, d.Shutdown(t.Context()))

	d = h.start()
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 7, "ACCEPT"), dnsOverTCP(1, 7))
	require.Empty(t, h.rules(), "the pair is known, and the episode is open")
	h.see(d, probes(6, 10)...)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, h.rules(), "five probes before, five after")
	require.NoError(t, d.Shutdown(t.Context()))

	d = h.start()
	h.see(d, line("10.0.0.9", 443, "10.0.0.8", 50000, 200_000, "ACCEPT")) // an answer: it moves the time
	require.Equal(t, []string{
		"external_reject_sweep resolved 203.0.113.7", "dns_not_over_udp resolved 10.0.0.1",
	}, h.rules(), "episodes end that opened before")
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestACrashForgetsWhatCameSinceTheLastCheckpointButNoNewPair(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 5)...)
	h.checkpoint(d)
	h.see(d, probes(6, 9)...)
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 9, "ACCEPT"))
	require.Equal(t, []string{"new_internal_peer opened 10.0.0.5"}, h.rules())
	crash := h.crashed()
	require.NoError(t, d.Shutdown(t.Context()))

	d = crash.start()
	crash.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 10, "ACCEPT"))
	crash.see(d, probes(10, 13)...)
	require.Empty(t, crash.rules(), "the pair has been told; and these are probes 1 to 5 and 10 to 13")
	crash.see(d, probes(14, 14)...)
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestANewPairIsWrittenBeforeItsAlertLeaves(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	d := h.build()
	var crash *home
	d.queue.next = &next{during: func() { crash = h.crashed() }}
	require.NoError(t, d.Start(t.Context(), h))
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT"))
	require.NoError(t, d.Shutdown(t.Context()))
	require.NotNil(t, crash)
	d = crash.start()
	crash.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 1, "ACCEPT"))
	require.Empty(t, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestNobodySendsAnAlertBeforeWhatIsNewIsWritten(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	disk := &flaky{Extension: h.storage}
	h.storage = disk
	d := h.start()
	writes := 0
	disk.during = func() { // another batch comes to its end
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

func TestARestartWithOtherSettingsKeepsWhatStillApplies(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	peer := func(d *detector, n, after int) {
		h.see(d, line(fmt.Sprintf("10.0.0.%d", n), 50000, "10.0.1.1", 443, after, "ACCEPT"))
	}
	d := h.start()
	for n := range 5 {
		peer(d, n+1, 0)
	}
	require.Len(t, h.rules(), 5)
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{rules: {new_internal_peer: {enabled: false}}}"
	d = h.start()
	peer(d, 6, 1)
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = atOnce
	d = h.start()
	peer(d, 5, 2)
	require.Empty(t, h.rules(), "a rule that was off remembers what it knew")
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{scope: global, rules: {new_internal_peer: {learning_period: 0s}}}"
	d = h.start()
	peer(d, 5, 3)
	require.Len(t, h.rules(), 1, "another scope knows nothing")
	require.NoError(t, d.Shutdown(t.Context()))

	h.config = "{rules: {new_internal_peer: {learning_period: 0s, max_keys: 3}}}"
	d = h.start()
	peer(d, 5, 4)
	peer(d, 4, 4)
	require.Empty(t, h.rules(), "the scope of before is known, and what was touched last")
	peer(d, 1, 4)
	require.Len(t, h.rules(), 1, "there was no room for what was touched first")
	require.NoError(t, d.Shutdown(t.Context()))
}

// flaky is a storage that refuses to write when it is told to.
type flaky struct {
	storage.Extension
	storage.Client
	refuse atomic.Pointer[error]
	during func() // what happens while something is written
}

func (f *flaky) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := f.Extension.GetClient(ctx, kind, id, name)
	f.Client = client
	return f, err
}

func (f *flaky) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if f.during != nil {
		f.during()
	}
	if refuse := f.refuse.Load(); refuse != nil {
		return *refuse
	}
	return f.Client.Batch(ctx, ops...)
}

func (f *flaky) Shutdown(ctx context.Context) error { return f.Extension.Shutdown(ctx) }

func TestWhatCannotBeWrittenIsWrittenLater(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	full := errors.New("disk full")
	disk := &flaky{Extension: h.storage}
	disk.refuse.Store(&full)
	h.storage = disk
	d := h.start()
	for n := range 3 { // of which the first tries
		h.see(d, line(fmt.Sprintf("10.0.0.%d", n+1), 50000, "10.0.1.1", 443, 0, "ACCEPT"))
	}
	require.Len(t, h.rules(), 3, "alerts leave all the same")
	h.checkpoint(d)
	complaints := h.said.FilterMessageSnippet("fail to save state")
	require.Equal(t, 1, complaints.Len(), "and not each time")
	require.Equal(t, int64(1), complaints.All()[0].ContextMap()["failures"])
	written, failed, _ := counts(d)
	require.Zero(t, written)
	require.GreaterOrEqual(t, failed, int64(2))

	disk.refuse.Store(nil)
	h.checkpoint(d)
	crash := h.crashed()
	disk.refuse.Store(&full)
	h.see(d, line("10.0.0.4", 50000, "10.0.1.1", 443, 0, "ACCEPT"))
	require.ErrorContains(t, d.Shutdown(t.Context()), "storage: save state at shutdown: the changes since the last checkpoint are lost")

	d = crash.start()
	for n := range 3 {
		crash.see(d, line(fmt.Sprintf("10.0.0.%d", n+1), 50000, "10.0.1.1", 443, 1, "ACCEPT"))
	}
	require.Empty(t, crash.rules())
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestEachTickWritesACheckpoint(t *testing.T) {
	h := newHome(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, probes(1, 9)...)
	h.ticks <- h.now
	h.ticks <- h.now // is taken when the one before has been done
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
	h := newHome(t, t.TempDir(), atOnce)
	d := h.start()
	h.see(d, line("10.0.0.5", 50000, "10.0.0.6", 443, 0, "ACCEPT"))
	written, _, bytes := counts(d)
	require.Equal(t, int64(1), written)
	require.Positive(t, bytes)
	h.checkpoint(d)
	_, failed, after := counts(d)
	require.Equal(t, bytes, after, "there was nothing more")
	require.Zero(t, failed)
	require.NoError(t, d.Shutdown(t.Context()))
}

// mute is a storage extension that gives no client.
type mute struct{ component.Component }

func (mute) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return nil, errors.New("disk full")
}

func TestAStorageThatIsOfNoUseStopsTheStart(t *testing.T) {
	fails := func(h *home, host component.Host, want string) {
		t.Helper()
		d := h.build()
		require.ErrorContains(t, d.Start(t.Context(), host), want)
		require.NoError(t, d.Shutdown(t.Context()))
	}
	h := newHome(t, t.TempDir(), "{}")
	fails(h, componenttest.NewNopHost(), `storage: extension "file_storage" is not among the extensions of the service`)
	fails(h, only{}, `storage: extension "file_storage" is not a storage extension`)
	fails(h, only{mute{}}, `storage: extension "file_storage": disk full`)

	d := h.start()
	h.see(d, probes(1, 5)...)
	require.NoError(t, d.Shutdown(t.Context()))
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(h.dir, "processor_vpc_detection_")}, files, "as the message below says")
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

// only is a host of one extension.
type only struct{ component.Component }

func (o only) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("file_storage"): o.Component}
}

func TestRandomStopsChangeNothing(t *testing.T) {
	lines := strings.SplitAfter(market(3), "\n")
	config := "{emit_resolved: true, rules: {new_internal_peer: {learning_period: 0s}, unusual_country: {learning_period: 0s}}}"
	run := func(stops bool) any {
		h := newHome(t, t.TempDir(), config)
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
		return told(t, &h.sink)
	}
	require.Equal(t, run(false), run(true))
}
