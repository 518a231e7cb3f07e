// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// Source is where flow logs come from. The package of a source has a Config, its defaults, and a New that takes the Config
// and an Ingester.
type Source interface {
	// Start begins to read. The client keeps checkpoints; it is nil where they are not kept. The host has the extensions and
	// is notified when the source stops by itself.
	Start(ctx context.Context, host component.Host, client storage.Client) error
	// Shutdown stops reading and saves checkpoints. It is called after a Start that failed, too, or without one.
	Shutdown(ctx context.Context) error
}
