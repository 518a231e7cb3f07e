// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// brokenStorage is a storage extension whose second notification log is invalid.
type brokenStorage struct {
	component.Component
	storage.Extension
	logs int // clients opened for notification logs
	open int // clients not closed
}

type brokenClient struct {
	storage.Client
	extension *brokenStorage
	broken    bool
}

func (*brokenStorage) Start(context.Context, component.Host) error { return nil }
func (*brokenStorage) Shutdown(context.Context) error              { return nil }

func (s *brokenStorage) GetClient(_ context.Context, _ component.Kind, _ component.ID, name string) (storage.Client, error) {
	if name == "notification_log" {
		s.logs++
	}
	s.open++
	return &brokenClient{storage.NewNopClient(), s, s.logs == 2}, nil
}

func (c *brokenClient) Get(_ context.Context, key string) ([]byte, error) {
	if c.broken && key != "format" {
		return []byte("{"), nil
	}
	return nil, nil
}

func (c *brokenClient) Close(context.Context) error {
	c.extension.open--
	return nil
}

func TestFailedStartClosesStorage(t *testing.T) {
	r := newHarness(t, "storage: file_storage\n"+kinds["slack"]("http://x")+kinds["pagerduty"]("http://x"))
	s := &brokenStorage{}
	r.extensions = map[component.ID]component.Component{component.MustNewID("file_storage"): s}
	require.ErrorContains(t, r.Start(t.Context(), r), `storage: extension "file_storage": decode episodes/00`)
	assert.Positive(t, s.logs)
	assert.Zero(t, s.open)
	assert.Empty(t, r.metric("vpc_flow.notifier.episodes.open"), "the metrics are unregistered")
	require.NoError(t, r.Shutdown(t.Context()))
}
