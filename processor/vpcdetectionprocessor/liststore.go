// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// openStore opens where the last good copies of lists from URLs are kept; without storage, or such lists, it is nil.
func (d *detection) openStore(ctx context.Context, host component.Host) (*threatlist.Store, error) {
	if d.cfg.Storage == nil || !slices.ContainsFunc(d.cfg.ThreatLists, func(l ThreatList) bool { return l.URL != "" }) {
		return nil, nil
	}
	found, ok := host.GetExtensions()[*d.cfg.Storage]
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is not among the extensions of the service", d.cfg.Storage)
	}
	extension, ok := found.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("storage: extension %q is no storage extension", d.cfg.Storage)
	}
	client, err := extension.GetClient(ctx, component.KindProcessor, d.set.ID, "threat_lists")
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	d.atEnd = append(d.atEnd, func() error { return client.Close(context.Background()) })
	return threatlist.NewStore(client), nil
}
