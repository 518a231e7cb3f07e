// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseAddressAgreesWithNetip(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "255.255.255.255", "172.31.16.139", "1.2.3.4", "::", "::1", "2001:db8::1", "::ffff:10.0.0.1", "FE80::1",
		"", ".", "...", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "1.2.3.4.", "256.0.0.1", "1.2.3.256", "999.1.1.1",
		"01.2.3.4", "1.2.3.04", "00.0.0.0", "0000.0.0.0", "1.2.3.0004", "1.2.3.4567", "1.2.3.4/8", "1.2.3.x", "1,2,3,4", " 1.2.3.4",
		"1.2.3.4294967297", "fe80::1%eth0", "::ffff:1.2.3.4%1", "2001:db8::g", "10.0.0.555", "localhost",
	} {
		t.Run(text, func(t *testing.T) {
			assertLikeNetip(t, text)
		})
	}
}

func TestParseAddressAgreesWithNetipOnOctetsOfAllLengths(t *testing.T) {
	pieces := []string{"0", "9", "10", "99", "100", "199", "249", "250", "255", "256", "300", "00", "1000", ""}
	for _, a := range pieces {
		for _, b := range pieces {
			for _, c := range pieces {
				assertLikeNetip(t, a+"."+b+"."+c+"."+a)
			}
		}
	}
}

// assertLikeNetip compares ParseAddress with netip.ParseAddr, the slower implementation.
func assertLikeNetip(t *testing.T, text string) {
	t.Helper()
	addr, reason := ParseAddress(text)
	want, err := netip.ParseAddr(text)
	if err != nil || want.Zone() != "" {
		assert.Equal(t, BadAddress, reason, text)
		assert.False(t, addr.IsValid(), text)
		return
	}
	assert.Empty(t, reason, text)
	assert.Equal(t, want.Unmap(), addr, text)
}
