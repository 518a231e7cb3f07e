// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package notificationlog

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestPutEvictsEndedThenOldestEpisodes(t *testing.T) {
	l := New(3)
	at := func(minutes int) time.Time { return alerttest.Noon().Add(time.Duration(minutes) * time.Minute) }
	for i, uid := range []string{"a", "b", "c"} {
		l.Put(uid, episode.New(alerttest.PortScan(uid, "203.0.113.7"), alerttest.Noon()).WithNotification(at(i)))
	}
	assert.EqualValues(t, 3, l.OpenEpisodes())
	l.Put("c", episode.NewEnded(at(10)))
	assert.EqualValues(t, 2, l.OpenEpisodes())
	l.Put("d", episode.New(alerttest.PortScan("d", "203.0.113.7"), alerttest.Noon()).WithNotification(at(11)))
	assert.NotContains(t, l.episodes, "c")
	assert.Zero(t, l.EvictedEpisodes(), "an ended episode is not counted")
	l.Put("e", episode.New(alerttest.PortScan("e", "203.0.113.7"), alerttest.Noon()).WithNotification(at(12)))
	assert.NotContains(t, l.episodes, "a")
	assert.EqualValues(t, 1, l.EvictedEpisodes())
	l.Put("e", episode.New(alerttest.PortScan("e", "203.0.113.7"), alerttest.Noon()).WithNotification(at(13)))
	assert.Len(t, l.episodes, 3, "a known episode is replaced")
}

func TestLoadReadsWhatSaveWrote(t *testing.T) {
	client := openStorage(t)
	l := New(1000)
	require.NoError(t, l.Load(t.Context(), client))
	for i := range 500 {
		uid := fmt.Sprint(i)
		l.Put(uid, episode.New(alerttest.WithSeverity(alert.Severities[i%4], alerttest.PortScan(uid, "203.0.113.7")), alerttest.Noon()).WithNotification(alerttest.Noon()))
	}
	require.NoError(t, l.Save(t.Context()))
	for i := range 100 {
		l.Put(fmt.Sprint(i), episode.NewEnded(alerttest.Noon()))
	}
	l.remove("499")
	require.NoError(t, l.Save(t.Context()))
	assert.Empty(t, l.dirty)

	loaded := New(1000)
	require.NoError(t, loaded.Load(t.Context(), client))
	assert.Equal(t, l.episodes, loaded.episodes)
	assert.EqualValues(t, 399, loaded.OpenEpisodes())

	require.NoError(t, client.Set(t.Context(), "episodes/07", []byte("{")))
	require.ErrorContains(t, loaded.Load(t.Context(), client), "decode episodes/07")
}

// openStorage returns a client of a file_storage extension.
func openStorage(t *testing.T) storage.Client {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = t.TempDir()
	extension, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
	client, err := extension.(storage.Extension).GetClient(t.Context(), component.KindExporter, component.MustNewID("alert_notifier"), "")
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx := context.Background() //nolint:usetesting // the test context has ended
		require.NoError(t, client.Close(ctx))
		require.NoError(t, extension.Shutdown(ctx))
	})
	return client
}
