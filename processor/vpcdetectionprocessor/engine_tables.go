// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"slices"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// engineTables are the lists and tables that all engines use. An engine that is added later gets the current ones. It is safe
// for concurrent use.
type engineTables struct {
	mu      sync.Mutex
	engines map[*lockedEngine]bool
	current [numTables]func(*detect.Engine) // nil if a table was never replaced
	// names is the number of entries in the names files. badNames counts those that were skipped.
	names    int64
	badNames map[inventory.Kind]int64
}

const (
	threatTable = iota
	countryTable
	systemTable
	nameTable
	ignoreTable
	numTables
)

func newEngineTables() *engineTables { return &engineTables{engines: map[*lockedEngine]bool{}} }

// add gives an engine the current tables, and all later ones until remove.
func (t *engineTables) add(e *lockedEngine) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.engines[e] = true
	e.Lock()
	defer e.Unlock()
	for _, set := range t.current {
		if set != nil {
			set(e.Engine)
		}
	}
}

func (t *engineTables) remove(e *lockedEngine) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.engines, e)
}

// replace replaces a table in all engines. The caller holds mu.
func (t *engineTables) replace(table int, set func(*detect.Engine)) {
	t.current[table] = set
	for e := range t.engines {
		e.Lock()
		set(e.Engine)
		e.Unlock()
	}
}

// SetThreats replaces the threat lists.
func (t *engineTables) SetThreats(threats *threatlist.Table) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replace(threatTable, func(e *detect.Engine) { e.SetThreats(threats) })
}

// SetCountries replaces the country table. The former tables are still consulted for a while.
func (t *engineTables) SetCountries(current network.Countries, former ...network.Countries) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replace(countryTable, func(e *detect.Engine) { e.SetCountries(current, former...) })
}

// SetSystems replaces the table of autonomous systems.
func (t *engineTables) SetSystems(current network.Systems) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replace(systemTable, func(e *detect.Engine) { e.SetSystems(current) })
}

// SetNames replaces the names of machines. bad counts the entries that were skipped.
func (t *engineTables) SetNames(names *inventory.Names, bad map[inventory.Kind]int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.names, t.badNames = int64(names.Len()), bad
	t.replace(nameTable, func(e *detect.Engine) { e.SetNames(names) })
}

// SetIgnoreFiles replaces the entries of the allowlist files.
func (t *engineTables) SetIgnoreFiles(files []detect.IgnoreFile) {
	files = slices.Clone(files) // The caller changes its elements later.
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replace(ignoreTable, func(e *detect.Engine) { e.SetIgnoreFiles(files) })
}

// namesCounts returns the numbers of entries in the names files.
func (t *engineTables) namesCounts() (names int64, bad map[inventory.Kind]int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.names, t.badNames
}
