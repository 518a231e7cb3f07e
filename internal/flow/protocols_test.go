// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProtocolName(t *testing.T) {
	for number, name := range map[uint8]string{
		0: "hopopt", 1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp", 51: "ah", 58: "ipv6-icmp",
		89: "ospfigp", 112: "vrrp", 115: "l2tp", 132: "sctp", 139: "hip", 140: "shim6", 143: "ethernet", 255: "reserved",
	} {
		assert.Equal(t, name, ProtocolName(number))
	}
	for _, number := range []uint8{61, 63, 68, 99, 114, 148, 200, 252, 253, 254} {
		assert.Empty(t, ProtocolName(number), "%d has no keyword", number)
	}
}

func TestProtocolNumber(t *testing.T) {
	for number := range 256 {
		if name := ProtocolName(uint8(number)); name != "" {
			found, ok := ProtocolNumber(name)
			assert.True(t, ok, name)
			assert.Equal(t, number, int(found), name)
		}
	}
	for name, want := range map[string]uint8{"TCP": 6, "Udp": 17, "icmpv6": 58, "ICMPv6": 58, "ospf": 89} {
		number, ok := ProtocolNumber(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, number, name)
	}
	for _, name := range []string{"", "http", "6", "tcp "} {
		_, ok := ProtocolNumber(name)
		assert.False(t, ok, name)
	}
}
