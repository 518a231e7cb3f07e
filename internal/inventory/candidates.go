// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import "net/netip"

// Candidates finds the address of an interface from records without flow-direction. Each record has two addresses, and
// the interface's own address is in all of them. The zero value is ready to use.
type Candidates struct {
	// First and Second are the addresses that were in all records so far. Second is invalid when one is left.
	First, Second netip.Addr
	// Restarts counts the records that contradicted the earlier ones, because the interface has several addresses.
	Restarts uint32
}

// Agrees reports whether Narrow would change nothing.
func (c *Candidates) Agrees(src, dst netip.Addr) bool {
	return c.First.IsValid() && (c.First == src || c.First == dst) &&
		(!c.Second.IsValid() || c.Second == src || c.Second == dst)
}

// Narrow processes the internal addresses of one record. It returns the address of the interface once only one
// candidate is left. Pass an invalid address for an external side. The result is weak after a contradiction.
func (c *Candidates) Narrow(src, dst netip.Addr) (address netip.Addr, weak, found bool) {
	if !src.IsValid() {
		src, dst = dst, netip.Addr{}
	}
	if !src.IsValid() {
		return netip.Addr{}, false, false
	}
	hasFirst := c.First.IsValid() && (c.First == src || c.First == dst)
	hasSecond := c.Second.IsValid() && (c.Second == src || c.Second == dst)
	switch {
	case hasFirst && !hasSecond:
		c.Second = netip.Addr{}
	case hasSecond && !hasFirst:
		c.First, c.Second = c.Second, netip.Addr{}
	case !hasFirst:
		if c.First.IsValid() {
			c.Restarts++
		}
		c.First, c.Second = src, dst
	}
	return c.Address()
}

// Address returns the address of the interface once only one candidate is left. It is weak after a contradiction.
func (c *Candidates) Address() (address netip.Addr, weak, found bool) {
	if !c.First.IsValid() || c.Second.IsValid() {
		return netip.Addr{}, false, false
	}
	return c.First, c.Restarts > 0, true
}
