// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"strings"
)

// subnetPair is a pair of internal subnets with traffic between them.
type subnetPair struct{ From, To netip.Prefix }

// The prefix lengths of subnets: a common choice in IPv4, and the only one in an IPv6 VPC.
const (
	subnetBits4 = 24
	subnetBits6 = 64
)

func subnetOf(a netip.Addr) netip.Prefix {
	bits := subnetBits6
	if a.Is4() {
		bits = subnetBits4
	}
	return netip.PrefixFrom(a, bits).Masked()
}

// interner keeps one copy of each name, so that a name that returns after its eviction is not copied again. Unlike the
// package unique, it finds the copy of a name without copying the name first.
type interner map[string]string

// maxNames bounds the number of names. At the limit, the interner starts again empty.
const maxNames = 10_000

func (n interner) intern(name string) string {
	if kept, ok := n[name]; ok {
		return kept
	}
	if len(n) >= maxNames {
		clear(n)
	}
	kept := strings.Clone(name)
	n[kept] = kept
	return kept
}
