// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"encoding"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesAreParsed(t *testing.T) {
	network := func(cidr string) Network { return Network(netip.MustParsePrefix(cidr)) }
	parse(t, map[string]Network{
		"10.0.0.0/8":      network("10.0.0.0/8"),
		"10.1.2.3/8":      network("10.0.0.0/8"),
		"10.0.9.5":        network("10.0.9.5/32"),
		"::ffff:10.0.9.5": network("10.0.9.5/32"),
		"fd00::9":         network("fd00::9/128"),
	})
	parse(t, map[string]PortRange{"0": {}, "22": {22, 22}, "8000-8999": {8000, 8999}, "1 - 65535": {1, 65535}})
	parse(t, map[string]Expiry{
		"2027-06-30": 1814313600, "1970-01-02": 86400, "1970-01-01": 1, "2027-06-30T12:00:00Z": 1814356800,
		"2027-06-30T14:00:00+02:00": 1814356800, "2027-06-30T12:00:00.5Z": 1814356801, "2027-06-30T12:00:00.000Z": 1814356800,
	})
	parse(t, map[string]Account{"123456789012": "123456789012", "012345678901": "012345678901", "unknown": "unknown"})
}

func parse[T any, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, tests map[string]T) {
	t.Helper()
	for text, want := range tests {
		var got T
		require.NoError(t, P(&got).UnmarshalText([]byte(text)), text)
		assert.Equal(t, want, got, text)
	}
}

func TestErrorsBeginWithTheText(t *testing.T) {
	for _, test := range []struct {
		target encoding.TextUnmarshaler
		text   string
		want   string
	}{
		{new(Network), "host", `"host" is neither an address nor a CIDR`},
		{new(Network), "", `"" is neither an address nor a CIDR`},
		{new(Network), "10.0.0.0/33", `"10.0.0.0/33" is neither an address nor a CIDR`},
		{new(PortRange), "65536", `"65536" is neither a port from 0 to 65535 nor a range such as 8000-8999`},
		{new(PortRange), "9-8", `"9-8" is neither a port from 0 to 65535 nor a range such as 8000-8999`},
		{new(PortRange), "1-", `"1-" is neither a port from 0 to 65535 nor a range such as 8000-8999`},
		{new(PortRange), "", `"" is neither a port from 0 to 65535 nor a range such as 8000-8999`},
		{new(Expiry), "2027-06-31", `"2027-06-31" is neither a date such as 2027-06-30 nor a time such as 2027-06-30T12:00:00Z`},
		{new(Expiry), "2027-06-30T12:00:00", `"2027-06-30T12:00:00" is neither a date such as 2027-06-30 nor a time such as 2027-06-30T12:00:00Z`},
		{new(Account), "12345678901", `"12345678901" does not have 12 digits; put an account ID that begins with 0 in quotes`},
		{new(Account), "", `"" does not have 12 digits; put an account ID that begins with 0 in quotes`},
	} {
		assert.EqualError(t, test.target.UnmarshalText([]byte(test.text)), test.want)
	}
}

func TestValuesAsText(t *testing.T) {
	assert.Equal(t, "2027-06-30", Expiry(1814313600).String())
	assert.Equal(t, "2027-06-30T12:00:00Z", Expiry(1814356800).String())
	assert.Equal(t, "10.0.0.0/8", Network(netip.MustParsePrefix("10.0.0.0/8")).String())
}

func TestRangesContainTheirEnds(t *testing.T) {
	for port, want := range map[uint16]bool{7999: false, 8000: true, 8999: true, 9000: false} {
		assert.Equal(t, want, PortRange{8000, 8999}.Contains(port))
	}
	n := Network(netip.MustParsePrefix("10.0.9.4/31"))
	for addr, want := range map[string]bool{"10.0.9.3": false, "10.0.9.4": true, "10.0.9.5": true, "10.0.9.6": false} {
		assert.Equal(t, want, n.Contains(netip.MustParseAddr(addr)))
	}
}
