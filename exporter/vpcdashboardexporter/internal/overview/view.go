// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package overview keeps what the dashboard shows, in bounded memory: sums over time, the heaviest talkers and the
// alerts. It knows nothing of pdata or HTTP. A View is a copy that the page and the API may read as they like.
package overview

import (
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Sums are totals over some flows. A flow without an action is neither accepted nor rejected.
type Sums struct {
	Flows    uint64 `json:"flows"`
	Packets  uint64 `json:"packets"`
	Bytes    uint64 `json:"bytes"`
	Accepted uint64 `json:"accepted"`
	Rejected uint64 `json:"rejected"`
}

// Point is one step of time on the charts.
type Point struct {
	Time time.Time `json:"time"`
	Sums
	// Classes are the flows of each class of traffic, in the order of [network.Class].
	Classes [4]uint64 `json:"classes"`
	// Alerts are the alerts that opened, by the severity that they have now, from low to critical.
	Alerts [4]uint64 `json:"alerts"`
}

// Dimension is what the heaviest are counted by.
type Dimension string

// The dimensions, in the order in which they are shown.
const (
	Sources      Dimension = "sources"
	Destinations Dimension = "destinations"
	Ports        Dimension = "ports"
	Protocols    Dimension = "protocols"
	Interfaces   Dimension = "interfaces"
	Accounts     Dimension = "accounts"
	// SourceCountries and DestinationCountries count external addresses only.
	SourceCountries      Dimension = "source_countries"
	DestinationCountries Dimension = "destination_countries"
)

// Measure is what makes something heavy.
type Measure string

// The measures.
const (
	ByFlows   Measure = "flows"
	ByBytes   Measure = "bytes"
	ByRejects Measure = "rejects"
)

// Entry is one of the heaviest. The true value of its Measure is between Value-Error and Value.
type Entry struct {
	// Key is the address, the port, the protocol's keyword, the interface, the account or the country's code.
	Key   string `json:"key"`
	Value uint64 `json:"value"`
	Error uint64 `json:"error"`
}

// Matrix is the traffic between internal subnets: Cells[i][j] went from Subnets[i] to Subnets[j]. Where there are more
// pairs of subnets than are followed, a cell is what was counted while its pair was, that is the least that it can be.
type Matrix struct {
	Subnets []netip.Prefix `json:"subnets"`
	Cells   [][]Sums       `json:"cells"`
	// Truncated says that there are more subnets than are shown.
	Truncated bool `json:"truncated"`
}

// View is everything that the overview shows of a range of event time.
type View struct {
	// From and To are the first moment and the moment after the last. Both are zero when nothing has been received.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Step is the time from one point to the next.
	Step   time.Duration `json:"step_ns"`
	Totals Sums          `json:"totals"`
	// Before are the totals of the period of the same length before From; nil where nothing is known of it.
	Before *Sums   `json:"before"`
	Points []Point `json:"points"`
	// Top has the heaviest of each dimension by the measure that was asked for, heaviest first.
	Top    map[Dimension][]Entry `json:"top"`
	Matrix Matrix                `json:"matrix"`
	// AlertsBySeverity counts the alerts that opened in the range, by the severity that they have now, from low to critical.
	AlertsBySeverity [4]uint64 `json:"alerts_by_severity"`
	Health           Health    `json:"health"`
}

// Query asks for a View.
type Query struct {
	// Range is how far back from the latest event time; zero is all that is kept.
	Range time.Duration
	// Measure is what Top and Matrix go by; the empty value is [ByFlows].
	Measure Measure
	// Top is how many of the heaviest to give of each dimension.
	Top int
}

// Health says how good the data is, by the flows and alerts that were received.
type Health struct {
	// Latest is the latest event time, Received when the last record came by the clock.
	Latest   time.Time `json:"latest"`
	Received time.Time `json:"received"`
	// Flows counts the records of flows, also those that are in no sum; none came while only alerts do.
	Flows uint64 `json:"flows"`
	// NoData and SkipData count records with these values of log-status. AWS could not record all flows of a SKIPDATA record.
	NoData   uint64 `json:"no_data"`
	SkipData uint64 `json:"skip_data"`
	// Undecodable counts records that are neither a flow nor an alert, by reason.
	Undecodable map[string]uint64 `json:"undecodable"`
	// WithFlags and WithDirection count flows that have tcp-flags and flow-direction.
	WithFlags     uint64 `json:"with_flags"`
	WithDirection uint64 `json:"with_direction"`
	// Hops counts records of gateways about packets that the endpoints' own records tell of, too. They are in no sum.
	Hops uint64 `json:"hops"`
	// TooLate counts flows older than all that is kept, TooNew those whose time is implausibly far ahead.
	TooLate uint64 `json:"too_late"`
	TooNew  uint64 `json:"too_new"`
	// Forgotten counts what the bounds made the dashboard forget, by what it was.
	Forgotten map[string]uint64 `json:"forgotten"`
}

// Episode is what is known of one alert: the last that was said of it, and when it opened.
type Episode struct {
	alert.Alert
	// Opened is the event time at which the episode opened, as far as it was received.
	Opened time.Time `json:"opened"`
	// Updates counts what was received about the episode.
	Updates int `json:"updates"`
}

// AlertQuery says which episodes to list, most recent first. The zero value lists all.
type AlertQuery struct {
	Range    time.Duration
	Rule     string
	Severity alert.Severity // this or worse; zero for all
	// Address keeps episodes that name the address, or one in the prefix, anywhere; invalid for all.
	Address netip.Prefix
	// Status keeps open (opened or updated) or resolved episodes; empty for all.
	Status alert.Status
	Offset int
	Limit  int
}
