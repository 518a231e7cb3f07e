// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package storageclient opens the client of a storage extension that a component's configuration names.
package storageclient

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

const (
	// formatKey is the key of the format of the state: a decimal number. Without this key, the format is 1.
	formatKey = "format"
	// format is the newest format that this version reads. A version that changes the state so that earlier versions misread
	// it increments format, and stores it under formatKey.
	format = 1
)

// ErrFenced is the error of a client whose state another collector has opened since. The client can no longer be used.
var ErrFenced = errors.New("another collector has opened this state, so this one can no longer use it")

// shardStorage is a storage extension that several collectors share. The client of a shard has the same state in each
// collector. Other clients may have state of their own in each collector.
type shardStorage interface {
	GetShardClient(ctx context.Context, kind component.Kind, owner component.ID, shard string) (storage.Client, error)
}

// Open returns a client of the storage extension with the given ID. The caller closes the client.
//
// The owner is the component that stores data, and kind is its kind. The name separates the clients of one owner; it may
// be empty. A nil ID means that no storage is configured: the client and the error are then nil.
// Open refuses state in a newer format and leaves it untouched. An error names the key "storage" and the extension.
func Open(
	ctx context.Context, host component.Host, id *component.ID, kind component.Kind, owner component.ID, name string,
) (storage.Client, error) {
	return open(ctx, host, id, owner, func(extension storage.Extension) (storage.Client, error) {
		return extension.GetClient(ctx, kind, owner, name)
	})
}

// OpenShard is like Open for a shard, which any collector with this configuration may open. It fences the collector that had
// it open.
func OpenShard(
	ctx context.Context, host component.Host, id *component.ID, kind component.Kind, owner component.ID, shard string,
) (storage.Client, error) {
	return open(ctx, host, id, owner, func(extension storage.Extension) (storage.Client, error) {
		if shared, ok := extension.(shardStorage); ok {
			return shared.GetShardClient(ctx, kind, owner, shard)
		}
		return extension.GetClient(ctx, kind, owner, shard)
	})
}

func open(
	ctx context.Context, host component.Host, id *component.ID, owner component.ID, get func(storage.Extension) (storage.Client, error),
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
	client, err := get(extension)
	if err != nil {
		return nil, fmt.Errorf("storage: extension %q: %w", id, err)
	}
	if err := checkFormat(ctx, client); err != nil {
		return nil, errors.Join(fmt.Errorf("storage: extension %q: state of %s: %w", id, owner, err), client.Close(ctx))
	}
	return client, nil
}

func checkFormat(ctx context.Context, client storage.Client) error {
	value, err := client.Get(ctx, formatKey)
	if err != nil || value == nil {
		return err
	}
	if found, err := strconv.Atoi(string(value)); err != nil || found > format {
		return fmt.Errorf("format is %q, but this version reads format %d only: install the version that saved the state, or restore a backup",
			value, format)
	}
	return nil
}
