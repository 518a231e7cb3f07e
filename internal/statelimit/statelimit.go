// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package statelimit chooses how much memory the state of vpc_detection may take.
package statelimit

import "github.com/KimMachineGun/automemlimit/memlimit"

// least is the least default, in MiB.
const least = 256

// Default returns the default of max_state_mib: a quarter of the memory of the container or, without a limit, of the machine.
// The heap can become twice as large as its live part before a garbage collection, so that half of the memory remains for
// everything else.
func Default() int { return quarter(memlimit.FromCgroup, memlimit.FromSystem) }

// Below returns the greatest max_state_mib with which a memory_limiter with this limit_mib does not refuse data because of the
// state alone.
func Below(limitMiB int) int { return max(1, limitMiB/3) }

// quarter returns a quarter of the least of the given sizes, in MiB. It ignores those that are unknown.
func quarter(sizes ...memlimit.Provider) int {
	memory := uint64(0)
	for _, size := range sizes {
		if bytes, err := size(); err == nil && bytes > 0 && (memory == 0 || bytes < memory) {
			memory = bytes
		}
	}
	return max(least, int(memory/4>>20))
}
