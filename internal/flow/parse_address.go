// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "net/netip"

// ParseAddress parses an IP address. It returns IPv4-mapped addresses as IPv4 and rejects zones, which AWS never writes.
func ParseAddress(text string) (netip.Addr, Reason) {
	if addr, ok := parseIPv4(text); ok {
		return addr, ""
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Addr{}, BadAddress
	}
	return addr.Unmap(), ""
}

// parseIPv4 is a faster netip.ParseAddr for addresses in dotted decimal form. Text that it rejects may still be an
// address.
func parseIPv4(text string) (addr netip.Addr, ok bool) {
	var all, octet uint32
	dots, start := 0, 0
	for i := range len(text) {
		if digit := uint32(text[i] - '0'); digit <= 9 && i-start < 3 {
			octet = octet*10 + digit
			continue
		}
		if text[i] != '.' || !isOctet(text[start:i], octet) {
			return netip.Addr{}, false
		}
		all = all<<8 | octet
		dots, start, octet = dots+1, i+1, 0
	}
	if dots != 3 || !isOctet(text[start:], octet) {
		return netip.Addr{}, false
	}
	all = all<<8 | octet
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)}), true
}

// isOctet rejects leading zeros, as netip does, because some programs read such numbers as octal.
func isOctet(digits string, n uint32) bool {
	return n <= 255 && digits != "" && (digits[0] != '0' || len(digits) == 1)
}
