// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package allowlist

import (
	"maps"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Counts has the number of flows that each entry removed, by the name of the entry.
type Counts map[string]int64

// Add counts a flow that an entry removed.
func (c Counts) Add(name string) { c[name]++ }

// Match returns the name of the first item that matches the flow; false if none does.
func Match(items []Item, f *flow.Flow, facts Facts) (name string, matches bool) {
	for i := range items {
		if items[i].Matches(f, facts) {
			return items[i].name, true
		}
	}
	return "", false
}

// MatchHost is like Match for items that name a host and nothing else about a flow. Others do not match.
func MatchHost(items []Item, f *flow.Flow) (name string, matches bool) {
	for i := range items {
		if items[i].IsHost() && items[i].Matches(f, nil) {
			return items[i].name, true
		}
	}
	return "", false
}

// Retain drops the counts of entries that the Tracker does not know.
func (c Counts) Retain(known *Tracker) {
	maps.DeleteFunc(c, func(name string, _ int64) bool { return !known.names[name] })
}
