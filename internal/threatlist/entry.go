// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Wider prefixes are treated as errors: they would turn most traffic into alerts.
const (
	widestIPv4 = 8
	widestIPv6 = 19
)

// parseEntry returns the prefix of an address or CIDR, or the reason why it is invalid.
func parseEntry(value string) (prefix netip.Prefix, reason string) {
	if strings.Contains(value, "/") {
		var err error
		if prefix, err = netip.ParsePrefix(value); err != nil {
			return netip.Prefix{}, "is not a CIDR"
		}
	} else {
		a, err := netip.ParseAddr(value)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, "is not an address or CIDR"
		}
		prefix = netip.PrefixFrom(a, a.BitLen())
	}
	prefix = network.Canonical(prefix)
	widest := widestIPv6
	if !prefix.Addr().Is6() {
		widest = widestIPv4
	}
	if prefix.Bits() < widest {
		return netip.Prefix{}, fmt.Sprintf("is wider than /%d", widest)
	}
	return prefix, ""
}
