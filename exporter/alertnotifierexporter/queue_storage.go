// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// queueHost gives the exporter helper's queue a storage that does not drop alerts when the disk is full.
type queueHost struct {
	component.Host
	storage component.ID
	failed  func(error)
}

// GetExtensions returns the extensions of the service, with the storage of the queue replaced.
func (h *queueHost) GetExtensions() map[component.ID]component.Component {
	extensions := maps.Clone(h.Host.GetExtensions())
	if s, ok := extensions[h.storage].(storage.Extension); ok {
		extensions[h.storage] = &queueStorage{s, h.failed}
	}
	return extensions
}

type queueStorage struct {
	storage.Extension
	failed func(error)
}

// GetClient returns a client for the queue.
func (s *queueStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := s.Extension.GetClient(ctx, kind, id, name)
	if err != nil {
		return nil, err
	}
	return &queueClient{client, s.failed}, nil
}

// queueClient is the storage of a queue.
type queueClient struct {
	storage.Client
	failed func(error) // called for each failed batch
}

// Batch executes the operations. The queue reads alerts and saves its new position in one batch, and drops the alerts if the
// batch fails. If only the write fails, as on a full disk, Batch succeeds: the alerts are sent, and after a crash they are
// sent again.
func (c *queueClient) Batch(ctx context.Context, operations ...*storage.Operation) error {
	err := c.Client.Batch(ctx, operations...)
	if err == nil {
		return nil
	}
	c.failed(err)
	reads := slices.DeleteFunc(slices.Clone(operations), func(op *storage.Operation) bool { return op.Type != storage.Get })
	readErr := c.Client.Batch(ctx, reads...) // file_storage reads the values before it returns an error
	isRead := func(op *storage.Operation) bool { return readErr == nil || op.Value != nil }
	if len(reads) > 0 && slices.ContainsFunc(reads, isRead) {
		return nil
	}
	return err
}

// Get reads a value. It moves the position of the queue back to the first alert that an earlier run did not finish.
func (c *queueClient) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := c.Client.Get(ctx, key)
	if err == nil && key == positionKey {
		value = resume(value)
	}
	return value, err
}
