// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpecialAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"0.0.0.0": true, "0.0.0.1": false, "1.0.0.0": false,
		"126.255.255.255": false, "127.0.0.0": true, "127.255.255.255": true, "128.0.0.0": false,
		"223.255.255.255": false, "224.0.0.0": true, "239.255.255.255": true, "240.0.0.0": false,
		"255.255.255.254": false, "255.255.255.255": true,
		"::": true, "::1": true, "::2": false, "ff02::1": true, "fe80::1": false, "2001:db8::1": false,
	} {
		require.Equal(t, want, special(netip.MustParseAddr(address)), address)
	}
}
