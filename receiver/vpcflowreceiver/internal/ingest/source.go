// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// Source reads flow logs from one kind of place. The package of a source has a Config, its defaults, and a function New
// that takes the Config and an Ingester.
type Source interface {
	// Start begins to read. client stores the checkpoints; nil means that they are not stored. host has the extensions, and
	// is notified when the source stops by itself.
	Start(ctx context.Context, host component.Host, client storage.Client) error
	// Shutdown stops reading and saves checkpoints. It may also be called without Start or after a failed Start.
	Shutdown(ctx context.Context) error
}
