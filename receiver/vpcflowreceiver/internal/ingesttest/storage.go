// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingesttest

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// OpenFileStorage starts a file storage extension in a temporary folder. The test closes the clients before it ends.
func OpenFileStorage(t testing.TB) storage.Extension {
	t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = t.TempDir()
	extension, err := factory.Create(t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, extension.Shutdown(context.WithoutCancel(t.Context()))) })
	return extension.(storage.Extension)
}

// ReceiverClient returns a client of a storage extension for the receiver.
func ReceiverClient(t testing.TB, extension storage.Extension) storage.Client {
	t.Helper()
	client, err := extension.GetClient(t.Context(), component.KindReceiver, component.MustNewID("vpc_flow"), "")
	require.NoError(t, err)
	return client
}

// ErrDisk is the error of writes after Break.
var ErrDisk = errors.New("disk full")

// Storage is a storage client in memory. It is safe for concurrent use.
type Storage struct {
	mu     sync.Mutex
	values map[string][]byte
	broken bool
}

// NewStorage returns a Storage with these values.
func NewStorage(values map[string][]byte) *Storage {
	s := &Storage{values: map[string][]byte{}}
	maps.Copy(s.values, values)
	return s
}

// Values returns a copy of the stored values.
func (s *Storage) Values() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.values)
}

// Break makes all further writes fail.
func (s *Storage) Break() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = true
}

// Get implements storage.Client.
func (s *Storage) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key], nil
}

// Set implements storage.Client.
func (s *Storage) Set(ctx context.Context, key string, value []byte) error {
	return s.Batch(ctx, storage.SetOperation(key, value))
}

// Delete implements storage.Client.
func (s *Storage) Delete(ctx context.Context, key string) error {
	return s.Batch(ctx, storage.DeleteOperation(key))
}

// Batch implements storage.Client.
func (s *Storage) Batch(_ context.Context, ops ...*storage.Operation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return ErrDisk
	}
	for _, op := range ops {
		switch op.Type {
		case storage.Get:
			op.Value = s.values[op.Key]
		case storage.Set:
			s.values[op.Key] = op.Value
		case storage.Delete:
			delete(s.values, op.Key)
		}
	}
	return nil
}

// Close implements storage.Client.
func (*Storage) Close(context.Context) error { return nil }
