// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"net/netip"
)

// Network is a range of addresses, or one address.
type Network netip.Prefix

// UnmarshalText parses a CIDR such as 10.0.0.0/8 or an address such as 10.0.9.5. It ignores bits beyond the length.
func (n *Network) UnmarshalText(text []byte) error {
	if addr, err := netip.ParseAddr(string(text)); err == nil {
		addr = addr.Unmap()
		*n = Network(netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is neither an address nor a CIDR", text)
	}
	*n = Network(prefix.Masked())
	return nil
}

// String returns the network as a CIDR.
func (n Network) String() string { return netip.Prefix(n).String() }

// Contains reports whether the network contains the address.
func (n Network) Contains(a netip.Addr) bool { return netip.Prefix(n).Contains(a) }
