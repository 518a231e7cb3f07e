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

// shelf is a storage of which the second client that is asked for is broken.
type shelf struct {
	component.Component
	storage.Extension
	asked  int
	opened int
}

type drawer struct {
	storage.Client
	shelf  *shelf
	broken bool
}

func (*shelf) Start(context.Context, component.Host) error { return nil }
func (*shelf) Shutdown(context.Context) error              { return nil }

func (s *shelf) GetClient(_ context.Context, _ component.Kind, _ component.ID, name string) (storage.Client, error) {
	if name == "told" {
		s.asked++
	}
	s.opened++
	return &drawer{storage.NewNopClient(), s, s.asked == 2}, nil
}

func (d *drawer) Get(context.Context, string) ([]byte, error) {
	if d.broken {
		return []byte("{"), nil
	}
	return nil, nil
}

func (d *drawer) Close(context.Context) error {
	d.shelf.opened--
	return nil
}

func TestADestinationThatCannotStartLeavesNothingOpen(t *testing.T) {
	r := newRig(t, "storage: file_storage\n"+kinds["slack"]("http://x")+kinds["pagerduty"]("http://x"))
	s := &shelf{}
	r.extensions = map[component.ID]component.Component{component.MustNewID("file_storage"): s}
	require.ErrorContains(t, r.Start(t.Context(), r), `storage: extension "file_storage": episodes/00 cannot be read`)
	assert.Positive(t, s.asked)
	assert.Zero(t, s.opened)
	assert.Empty(t, r.metric("vpc_flow.notifier.episodes.open"), "nobody is looked at any more")
	require.NoError(t, r.Shutdown(t.Context()))
}
