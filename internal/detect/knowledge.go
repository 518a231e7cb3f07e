// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// SetThreats has the rules look addresses up in other threat lists from the next flow on. Nil has none. Like Observe, it
// is called by one at a time; Classify may run meanwhile.
func (e *Engine) SetThreats(threats *network.Threats) { e.threats = threats }

// listed finds an address on the threat lists, and counts the match.
func (e *Engine) listed(a netip.Addr) (network.Match, bool) {
	match, found := e.threats.Lookup(a)
	if found {
		if e.stats.Matches == nil {
			e.stats.Matches = map[string]int64{}
		}
		e.stats.Matches[match.List]++
	}
	return match, found
}
