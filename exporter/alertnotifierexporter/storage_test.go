// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// fullStorage is a storage extension that can run out of space.
type fullStorage struct {
	component.Component
	storage.Extension
	full atomic.Bool
}

func (s *fullStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := s.Extension.GetClient(ctx, kind, id, name)
	return &fullClient{client, &s.full}, err
}

func (s *fullStorage) Start(context.Context, component.Host) error { return nil }
func (s *fullStorage) Shutdown(context.Context) error              { return nil }

type fullClient struct {
	storage.Client
	full *atomic.Bool
}

// Batch reads values on a full disk, too, but returns an error, as file_storage does.
func (c *fullClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if c.full.Load() {
		for _, op := range ops {
			if op.Type == storage.Get {
				op.Value, _ = c.Get(ctx, op.Key) // cannot fail
			}
		}
		return errors.New("no space left")
	}
	return c.Client.Batch(ctx, ops...)
}

func TestFailedSaveIsLoggedOnceAndRepeated(t *testing.T) {
	s := newServer(t)
	id := component.MustNewID("file_storage")
	r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\n"+kinds["webhook"](s.URL))
	disk := &fullStorage{Extension: fileStorage(t, t.TempDir())[id].(storage.Extension)}
	r.extensions = map[component.ID]component.Component{id: disk}
	r.run()
	d := r.destinations[0]
	disk.full.Store(true)
	for i := range 3 {
		require.NoError(t, d.push(t.Context(), toLogs([]*alert.Alert{alerttest.PortScan(fmt.Sprint(i), "203.0.113.7")})))
	}
	assert.Len(t, s.takeRequests(), 3, "notifications do not depend on the storage")
	assert.Equal(t, 1, r.logged.FilterMessage("fail to save notification log").Len())
	disk.full.Store(false)
	require.NoError(t, d.push(t.Context(), toLogs([]*alert.Alert{alerttest.PortScan("4", "203.0.113.7")})))
	saved := notificationlog.New(10)
	require.NoError(t, saved.Load(t.Context(), d.client))
	assert.EqualValues(t, 4, saved.OpenEpisodes())
}
