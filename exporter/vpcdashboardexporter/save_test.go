// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

const stored = "{endpoint: 'localhost:0', metrics_endpoint: '', storage: file_storage}"

// testStorage is file_storage with a disk that can be full.
type testStorage struct {
	storage.Extension
	full atomic.Bool
}

func newStorage(t *testing.T) map[component.ID]component.Component {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = t.TempDir()
	made, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.WithoutCancel(t.Context()))) })
	return map[component.ID]component.Component{
		component.MustNewID("file_storage"): &testStorage{Extension: made.(storage.Extension)},
	}
}

func (s *testStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := s.Extension.GetClient(ctx, kind, id, name)
	return testClient{client, &s.full}, err
}

type testClient struct {
	storage.Client
	full *atomic.Bool
}

func (c testClient) Batch(ctx context.Context, operations ...*storage.Operation) error {
	if c.full.Load() {
		return errors.New("no space left")
	}
	return c.Client.Batch(ctx, operations...)
}

// newStored returns a dashboard with a storage, which saves at each tick.
func newStored(t *testing.T, extensions map[component.ID]component.Component) (*harness, chan<- time.Time) {
	t.Helper()
	ticks := make(chan time.Time)
	h := newHarness(t, stored)
	h.extensions = extensions
	h.ticker = func(interval time.Duration) (<-chan time.Time, func()) {
		assert.Equal(t, saveInterval, interval)
		return ticks, func() {}
	}
	return h.run(), ticks
}

func anAlert(uid string) plog.Logs {
	logs := plog.NewLogs()
	alertotlp.Append(logs, "scope", "v1", []*alert.Alert{testAlert(uid)})
	return logs
}

func TestAfterARestartThePageShowsTheSame(t *testing.T) {
	extensions := newStorage(t)
	before, _ := newStored(t, extensions)
	before.consumeLogs(decoded(requestLine, requestLine))
	before.consumeLogs(anAlert("abc"))
	want := before.store.View(overview.Query{})
	require.NoError(t, before.shutdown(t.Context()))

	after, _ := newStored(t, extensions)
	assert.Equal(t, want, after.store.View(overview.Query{}))
	status, _ := after.get("/alerts/abc")
	assert.Equal(t, http.StatusOK, status, "links in messages still work")
}

func TestACrashLosesOnlyWhatArrivedSinceTheLastSave(t *testing.T) {
	extensions := newStorage(t)
	disk := extensions[component.MustNewID("file_storage")].(*testStorage)
	before, ticks := newStored(t, extensions)
	before.consumeLogs(anAlert("saved"))
	for range 2 { // the second tick is received when the first save has ended
		ticks <- time.Time{}
	}
	disk.full.Store(true) // as if nothing more happened
	before.consumeLogs(anAlert("lost"))
	require.NoError(t, before.shutdown(t.Context()))
	disk.full.Store(false)

	after, _ := newStored(t, extensions)
	for uid, want := range map[string]bool{"saved": true, "lost": false} {
		_, found := after.store.Episode(uid)
		assert.Equal(t, want, found, uid)
	}
}

func TestAFullDiskIsReportedOnceAndThePageStillWorks(t *testing.T) {
	extensions := newStorage(t)
	disk := extensions[component.MustNewID("file_storage")].(*testStorage)
	r, ticks := newStored(t, extensions)
	disk.full.Store(true)
	r.consumeLogs(anAlert("abc"))
	for range 3 {
		ticks <- time.Time{}
	}
	status, _ := r.get("/alerts/abc")
	assert.Equal(t, http.StatusOK, status)
	disk.full.Store(false)
	require.NoError(t, r.shutdown(t.Context()))
	assert.Equal(t, 1, r.logged.FilterMessage("fail to save the page; it is saved again every 5 s").Len())
	assert.Equal(t, 1, r.logged.FilterMessage("page saved again").Len())
	require.Len(t, r.reported, 2)
	assert.Equal(t, componentstatus.StatusRecoverableError, r.reported[0].Status())
	require.EqualError(t, r.reported[0].Err(), "storage: no space left")
	assert.Equal(t, componentstatus.StatusOK, r.reported[1].Status())

	again, _ := newStored(t, extensions)
	_, found := again.store.Episode("abc")
	assert.True(t, found, "the next save repeats what failed")
}

func TestAnUnknownStorageIsAnError(t *testing.T) {
	r := newHarness(t, stored)
	require.EqualError(t, r.start(t.Context(), r), `storage: extension "file_storage" is not among the extensions of the service`)
}
