// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package storageclient

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

type host map[component.ID]component.Component

func (h host) GetExtensions() map[component.ID]component.Component { return h }

// extension records the arguments of GetClient.
type extension struct {
	component.StartFunc
	component.ShutdownFunc
	kind   component.Kind
	owner  component.ID
	name   string
	err    error
	client storage.Client // nil means a client without data
}

func (e *extension) GetClient(_ context.Context, kind component.Kind, owner component.ID, name string) (storage.Client, error) {
	e.kind, e.owner, e.name = kind, owner, name
	if e.client != nil {
		return e.client, e.err
	}
	return storage.NewNopClient(), e.err
}

var (
	id    = component.MustNewIDWithName("file_storage", "positions")
	owner = component.MustNewID("vpc_flow")
)

func TestClientBelongsToItsOwner(t *testing.T) {
	e := new(extension)
	client, err := Open(t.Context(), host{id: e}, &id, component.KindReceiver, owner, "files")
	require.NoError(t, err)
	assert.NotNil(t, client)
	assert.Equal(t, component.KindReceiver, e.kind)
	assert.Equal(t, owner, e.owner)
	assert.Equal(t, "files", e.name)
}

func TestWithoutStorageThereIsNoClient(t *testing.T) {
	client, err := Open(t.Context(), host{}, nil, component.KindReceiver, owner, "")
	require.NoError(t, err)
	assert.Nil(t, client)
}

func TestErrorsNameTheKeyAndTheExtension(t *testing.T) {
	other, err := extensiontest.NewNopFactory().Create(t.Context(), extensiontest.NewNopSettings(component.MustNewType("nop")), nil)
	require.NoError(t, err)
	full := errors.New("disk full")
	for want, h := range map[string]host{
		`storage: extension "file_storage/positions" is not among the extensions of the service`: {},
		`storage: extension "file_storage/positions" is not a storage extension`:                 {id: other},
		`storage: extension "file_storage/positions": disk full`:                                 {id: &extension{err: full}},
	} {
		client, err := Open(t.Context(), h, &id, component.KindExporter, owner, "")
		require.EqualError(t, err, want)
		assert.Nil(t, client)
	}
	_, err = Open(t.Context(), host{id: &extension{err: full}}, &id, component.KindExporter, owner, "")
	assert.ErrorIs(t, err, full)
}

// formatClient is a client whose only value is the format. It fails the test if anything is written.
type formatClient struct {
	storage.Client
	value  string
	closed bool
}

func (c *formatClient) Get(_ context.Context, key string) ([]byte, error) {
	if key == formatKey {
		return []byte(c.value), nil
	}
	return nil, nil
}

func (c *formatClient) Close(context.Context) error {
	c.closed = true
	return nil
}

func TestStateInANewerFormatIsRefusedAndUntouched(t *testing.T) {
	for value, refused := range map[string]bool{"1": false, "2": true, "new": true} {
		client := &formatClient{value: value}
		got, err := Open(t.Context(), host{id: &extension{client: client}}, &id, component.KindReceiver, owner, "")
		assert.Equal(t, refused, client.closed)
		if !refused {
			require.NoError(t, err)
			continue
		}
		assert.Nil(t, got)
		require.EqualError(t, err, `storage: extension "file_storage/positions": state of vpc_flow: format is "`+value+
			`", but this version reads format 1 only: install the version that saved the state, or restore a backup`)
	}
}
