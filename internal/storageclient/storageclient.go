// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package storageclient opens the client of a storage extension that a component's configuration names.
package storageclient

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// Open returns a client of the storage extension with the given ID. The caller closes the client.
//
// The owner is the component that stores data, and kind is its kind. The name separates the clients of one owner; it may
// be empty. A nil ID means that no storage is configured: the client and the error are then nil.
// An error names the key "storage" and the extension.
func Open(
	ctx context.Context, host component.Host, id *component.ID, kind component.Kind, owner component.ID, name string,
) (storage.Client, error) {
	if id == nil {
		return nil, nil
	}
	found, ok := host.GetExtensions()[*id]
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is not among the extensions of the service", id)
	}
	extension, ok := found.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is not a storage extension", id)
	}
	client, err := extension.GetClient(ctx, kind, owner, name)
	if err != nil {
		return nil, fmt.Errorf("storage: extension %q: %w", id, err)
	}
	return client, nil
}
