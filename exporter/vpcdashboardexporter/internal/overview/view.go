// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
)

// Query selects a View.
type Query struct {
	// Range is how far the View reaches back from the latest event time. Zero means the whole retention.
	Range time.Duration
	// Measure ranks Top and Matrix. The empty value means [traffic.ByFlows].
	Measure traffic.Measure
	// Top is the number of entries for each dimension. Zero means ten.
	Top int
}

// View is the content of the overview page for a range of event time.
type View struct {
	// From is the start of the range, To its exclusive end. Both are zero before the first record.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Step is the time between two points.
	Step   time.Duration  `json:"step_ns"`
	Totals traffic.Totals `json:"totals"`
	// Previous holds the totals of the preceding period of the same length. It is nil if that period is not known in full.
	Previous *traffic.Totals `json:"previous"`
	Points   []Point         `json:"points"`
	// Top holds the heaviest entries of each dimension by the requested measure, heaviest first.
	Top    map[Dimension][]Entry `json:"top"`
	Matrix Matrix                `json:"matrix"`
	// AlertsBySeverity counts the alerts opened in the range, by current severity, from low to critical.
	AlertsBySeverity [4]uint64 `json:"alerts_by_severity"`
	Health           Health    `json:"health"`
}

// Point is one time step of the charts.
type Point struct {
	Time time.Time `json:"time"`
	traffic.Totals
	// Classes counts flows by traffic class, indexed by [network.Class].
	Classes [4]uint64 `json:"classes"`
	// Alerts counts opened alerts by current severity, from low to critical.
	Alerts [4]uint64 `json:"alerts"`
}

// Dimension is a property of flows by which the heaviest values are ranked.
type Dimension string

// The dimensions. Countries are counted for external addresses only.
const (
	Sources              Dimension = "sources"
	Destinations         Dimension = "destinations"
	Ports                Dimension = "ports"
	Protocols            Dimension = "protocols"
	Interfaces           Dimension = "interfaces"
	Accounts             Dimension = "accounts"
	SourceCountries      Dimension = "source_countries"
	DestinationCountries Dimension = "destination_countries"
)

// Entry is one of the heaviest values of a dimension. The true value is between Value-Error and Value.
type Entry struct {
	// Key is an address, port, protocol keyword, interface, account or country code.
	Key   string `json:"key"`
	Value uint64 `json:"value"`
	Error uint64 `json:"error"`
}

// Matrix is the traffic between internal subnets. Cells[i][j] is the traffic from Subnets[i] to Subnets[j]. A cell is a
// lower bound if there are more pairs of subnets than the key limit.
type Matrix struct {
	Subnets []netip.Prefix     `json:"subnets"`
	Cells   [][]traffic.Totals `json:"cells"`
	// Truncated reports whether subnets are missing.
	Truncated bool `json:"truncated"`
}
