// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// SetThreats replaces the threat lists from the next flow on. Nil means no list.
func (e *Engine) SetThreats(threats *threatlist.Table) {
	for _, s := range e.allShards() {
		s.threats = threats
	}
}

// SetNames replaces the names of machines from the next flow on. Nil means no names.
func (e *Engine) SetNames(names *inventory.Names) {
	for _, s := range e.allShards() {
		s.hostNames = names
	}
}

// SetSystems replaces the table of autonomous systems from the next flow on. Nil means no table.
func (e *Engine) SetSystems(systems network.Systems) {
	for _, s := range e.allShards() {
		s.systems = systems
	}
}

// SetCountries replaces the country table from the next flow on. The table must never change. unusual_country learns a new
// country without an alert if a former table has another country for the same address: the table changed, not the
// traffic.
func (e *Engine) SetCountries(countries network.Countries, former ...network.Countries) {
	for _, s := range e.allShards() {
		s.setCountries(countries)
		s.formerCountries = former
	}
}

// SetIgnoreFiles replaces the allowlists from files from the next flow on. They apply to all rules, in addition to the
// entries of the configuration.
func (e *Engine) SetIgnoreFiles(files []IgnoreFile) {
	var items []allowlist.Item
	for _, file := range files {
		items = append(items, e.allowlist.Add(file.Path, file.Entries)...)
	}
	e.allowlist.Retain(items)
	for _, s := range e.allShards() {
		s.allowlists.removed.Retain(e.allowlist)
	}
	e.ignore.setFiles(items)
}

// TakeExpired returns the allowlist entries that expired by event time since the last call. It returns each entry once.
func (e *Engine) TakeExpired() []Expired { return e.allowlist.TakeExpired() }

// Memory returns the memory of all state in bytes.
func (e *Engine) Memory() int64 { return e.budget.memory() }

// SetMemoryLimit replaces max_state_mib with a limit in bytes. It evicts keys at once if the state is larger.
func (e *Engine) SetMemoryLimit(bytes int64) {
	e.budget.limit = bytes
	e.budget.check()
}
