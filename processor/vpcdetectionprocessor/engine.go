// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"maps"
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// lockedEngine is the detection engine with its lock. Profile and the Set methods lock it. Callers of other methods
// must hold the lock, except for Classify, which needs none.
type lockedEngine struct {
	sync.Mutex
	*detect.Engine                  // nil until the processor starts
	skipped        map[string]int64 // records that are not evaluated, by reason
	// names is the number of entries in the names files. badNames counts those that were skipped.
	names    int64
	badNames map[inventory.Kind]int64
}

func newLockedEngine() *lockedEngine { return &lockedEngine{skipped: map[string]int64{}} }

// countSkipped adds numbers of skipped records. The caller holds the lock.
func (e *lockedEngine) countSkipped(byReason map[string]int64) {
	for reason, n := range byReason {
		e.skipped[reason] += n
	}
}

// skippedCounts returns a copy of the numbers of skipped records. The caller holds the lock.
func (e *lockedEngine) skippedCounts() map[string]int64 { return maps.Clone(e.skipped) }

// counted returns the position up to which an input was counted.
func (e *lockedEngine) counted(input [16]byte) int64 {
	e.Lock()
	defer e.Unlock()
	return e.Counted(input)
}

// SetThreats replaces the threat lists.
func (e *lockedEngine) SetThreats(table *threatlist.Table) {
	e.Lock()
	defer e.Unlock()
	e.Engine.SetThreats(table)
}

// SetCountries replaces the country table. The former tables are still consulted for a while.
func (e *lockedEngine) SetCountries(current network.Countries, former ...network.Countries) {
	e.Lock()
	defer e.Unlock()
	e.Engine.SetCountries(current, former...)
}

// SetSystems replaces the table of autonomous systems.
func (e *lockedEngine) SetSystems(current network.Systems) {
	e.Lock()
	defer e.Unlock()
	e.Engine.SetSystems(current)
}

// SetNames replaces the names of machines. bad counts the entries that were skipped.
func (e *lockedEngine) SetNames(names *inventory.Names, bad map[inventory.Kind]int64) {
	e.Lock()
	defer e.Unlock()
	e.Engine.SetNames(names)
	e.names, e.badNames = int64(names.Len()), bad
}

// SetIgnoreFiles replaces the entries of the allowlist files.
func (e *lockedEngine) SetIgnoreFiles(files []detect.IgnoreFile) {
	e.Lock()
	defer e.Unlock()
	e.Engine.SetIgnoreFiles(files)
}

// Profile returns the threshold profile of all rules.
func (e *lockedEngine) Profile() detect.Profile {
	e.Lock()
	defer e.Unlock()
	return e.Engine.Profile()
}
