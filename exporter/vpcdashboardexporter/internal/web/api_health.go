// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// healthJSON is part of the API. Fields may be added but not renamed.
type healthJSON struct {
	Latest        *time.Time        `json:"latest"`
	Received      *time.Time        `json:"received"`
	Flows         uint64            `json:"flows"`
	NoData        uint64            `json:"no_data"`
	SkipData      uint64            `json:"skip_data"`
	WithFlags     uint64            `json:"with_flags"`
	WithDirection uint64            `json:"with_direction"`
	Hops          uint64            `json:"hops"`
	TooOld        uint64            `json:"too_old"`
	InFuture      uint64            `json:"in_future"`
	Undecodable   map[string]uint64 `json:"undecodable"`
	Evicted       map[string]uint64 `json:"evicted"`
	// Collector is null if nothing is known about the collector.
	Collector *collectorhealth.Report `json:"collector"`
}

func newHealthJSON(h *overview.Health) healthJSON {
	return healthJSON{
		Latest: timeJSON(h.Latest), Received: timeJSON(h.Received), Flows: h.Flows, NoData: h.NoData, SkipData: h.SkipData,
		WithFlags: h.WithFlags, WithDirection: h.WithDirection, Hops: h.Hops, TooOld: h.TooOld, InFuture: h.InFuture,
		Undecodable: nonNil(h.Undecodable), Evicted: nonNil(h.Evicted),
	}
}

// nonNil makes a nil map an empty object in JSON instead of null.
func nonNil(counts map[string]uint64) map[string]uint64 {
	if counts == nil {
		return map[string]uint64{}
	}
	return counts
}
