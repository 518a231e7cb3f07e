// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestClassOfAFlow(t *testing.T) {
	internal := NewRanges(DefaultInternal)
	for _, tt := range []struct {
		name     string
		src, dst string
		want     Class
		text     string
	}{
		{"out of the network", "10.0.0.5", "8.8.8.8", InternalToExternal, "internal_to_external"},
		{"into the network", "8.8.8.8", "10.0.0.5", ExternalToInternal, "external_to_internal"},
		{"within the network", "10.0.0.5", "192.168.1.1", InternalToInternal, "internal_to_internal"},
		{"elsewhere", "8.8.8.8", "9.9.9.9", ExternalToExternal, "external_to_external"},
		{"out of the network by IPv6", "fd00::5", "2001:db8::1", InternalToExternal, "internal_to_external"},
		{"into the network by IPv6", "2001:db8::1", "fd00::5", ExternalToInternal, "external_to_internal"},
		{"within the network by IPv6", "fd00::5", "fe80::1", InternalToInternal, "internal_to_internal"},
		{"elsewhere by IPv6", "2001:db8::1", "2001:db8::2", ExternalToExternal, "external_to_external"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := internal.Class(netip.MustParseAddr(tt.src), netip.MustParseAddr(tt.dst))
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.text, got.String())
		})
	}
}

func TestClassUsesTheConfiguredRanges(t *testing.T) {
	own := NewRanges(append(networktest.Prefixes("203.0.113.0/24"), DefaultInternal...))
	assert.Equal(t, InternalToInternal, own.Class(netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("203.0.113.9")))
	assert.Equal(t, InternalToExternal, own.Class(netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("203.0.114.9")))
}
