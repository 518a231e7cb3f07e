// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import "github.com/KimMachineGun/automemlimit/memlimit"

// minStateMiB is the least default of max_state_mib.
const minStateMiB = 256

// defaultStateMiB returns the default of max_state_mib: a quarter of the memory of the container or, without a limit, of the
// machine. The heap can become twice as large as its live part before a garbage collection, so that half of the memory
// remains for everything else.
func defaultStateMiB() int {
	return stateMiB(memlimit.FromCgroup, memlimit.FromSystem)
}

func stateMiB(sources ...memlimit.Provider) int {
	least := uint64(0)
	for _, source := range sources {
		if bytes, err := source(); err == nil && bytes > 0 && (least == 0 || bytes < least) {
			least = bytes
		}
	}
	return max(minStateMiB, int(least/4>>20))
}
