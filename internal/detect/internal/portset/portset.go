// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package portset provides a set of port numbers with a constant-time lookup.
package portset

// Set holds one bit per port. The zero Set is empty.
type Set [1 << 16 / 64]uint64

// New returns a set of the given ports, which must be from 0 to 65535.
func New(ports []int) *Set {
	s := new(Set)
	for _, port := range ports {
		s.Add(uint16(port))
	}
	return s
}

// Add adds a port.
func (s *Set) Add(port uint16) { s[port/64] |= 1 << (port % 64) }

// Has reports whether the set contains the port.
func (s *Set) Has(port uint16) bool { return s[port/64]&(1<<(port%64)) != 0 }
