// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"sync"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// lockedEngine is a detection engine with its lock. Profile locks it. Callers of other methods must hold the lock, except for
// Classify, which needs none.
type lockedEngine struct {
	sync.Mutex
	*detect.Engine                  // nil until the processor starts
	skipped        map[string]int64 // records that are not evaluated, by reason
}

func newLockedEngine() *lockedEngine { return &lockedEngine{skipped: map[string]int64{}} }

// countSkipped adds numbers of skipped records. The caller holds the lock.
func (e *lockedEngine) countSkipped(byReason map[string]int64) {
	for reason, n := range byReason {
		e.skipped[reason] += n
	}
}

// counted returns the position up to which an input was counted.
func (e *lockedEngine) counted(input [16]byte) int64 {
	e.Lock()
	defer e.Unlock()
	return e.Counted(input)
}

// Profile returns the threshold profile of all rules.
func (e *lockedEngine) Profile() detect.Profile {
	e.Lock()
	defer e.Unlock()
	return e.Engine.Profile()
}
