// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseFormatAcceptsHyphensAndUnderscores(t *testing.T) {
	hyphens, err := ParseFormat("account-id   srcaddr\tpkt-srcaddr log-status")
	require.NoError(t, err)
	underscores, err := NewFormat([]string{"account_id", "srcaddr", "pkt_srcaddr", "log_status"})
	require.NoError(t, err)
	assert.Equal(t, "account-id srcaddr pkt-srcaddr log-status", hyphens.String())
	assert.Equal(t, hyphens.String(), underscores.String())
	assert.Empty(t, hyphens.Unknown())

	again, err := ParseFormat(hyphens.String())
	require.NoError(t, err)
	assert.Equal(t, hyphens.String(), again.String())
}

func TestUnknownFieldsAreListed(t *testing.T) {
	format, err := ParseFormat("version new_field srcaddr ipv6-flow-label")
	require.NoError(t, err)
	assert.Equal(t, []string{"new-field", "ipv6-flow-label"}, format.Unknown())
	assert.Equal(t, "version new-field srcaddr ipv6-flow-label", format.String())

	format.Unknown()[0] = "changed"
	assert.Equal(t, []string{"new-field", "ipv6-flow-label"}, format.Unknown(), "a format is immutable")
}

func TestFormatErrors(t *testing.T) {
	for name, test := range map[string]struct{ names, want string }{
		"no fields":                             {"", "a format needs at least one field"},
		"blanks only":                           {" \t ", "a format needs at least one field"},
		"a duplicate field":                     {"version srcaddr version", `field "version" is in the format twice, as columns 1 and 3`},
		"a duplicate field in another spelling": {"log-status log_status", `field "log_status" is in the format twice`},
		"three equal fields":                    {"start end end end", `field "end" is in the format twice, as columns 2 and 3`},
		"a duplicate unknown field":             {"new-a srcaddr new_a", `field "new_a" is in the format twice`},
		"a comma between fields":                {"version, srcaddr", `"version," is not the name of a field`},
		"capital letters":                       {"version SrcAddr", `"SrcAddr" is not the name of a field`},
		"the placeholders of the AWS console":   {"${version} ${srcaddr}", `"${version}" is not the name of a field`},
		"a record instead of a format":          {"2 123456789010 eni-1235b8ca123456789", `"2" is not the name of a field`},
		"a very long name":                      {strings.Repeat("a", maxName+1), "is not the name of a field"},
		"too many fields":                       {strings.Repeat("x ", maxColumns+1), "a format has at most 256 fields, not 257"},
	} {
		t.Run(name, func(t *testing.T) {
			format, err := ParseFormat(test.names)
			require.ErrorContains(t, err, test.want)
			assert.Nil(t, format)
		})
	}
}

func TestDefaultFormats(t *testing.T) {
	assert.Equal(t, byVersion[2], Default.String())
	assert.Len(t, Default.columns, 14)
	assert.Len(t, TransitGateway.columns, 36)
	assert.Empty(t, TransitGateway.Unknown())
	assert.True(t, strings.HasPrefix(TransitGateway.String(), "version resource-type account-id tgw-id"))
}

func TestFormatHas(t *testing.T) {
	format, err := ParseFormat("version tcp_flags made-up")
	require.NoError(t, err)
	for name, want := range map[string]bool{
		"version": true, "tcp-flags": true, "made-up": true, "tcp_flags": false, "flow-direction": false, "": false,
	} {
		assert.Equal(t, want, format.Has(name), name)
	}
}

func TestAccountOfALine(t *testing.T) {
	for _, c := range []struct{ format, line, want string }{
		{"version account-id srcaddr", "2 123456789012 10.0.0.1", "123456789012"},
		{"srcaddr dstaddr account-id", " 10.0.0.1  10.0.0.2\t123456789012\r", "123456789012"},
		{"version account-id srcaddr", "2 - 10.0.0.1", ""},
		{"version account-id srcaddr", "2", ""},
		{"version account-id srcaddr", "", ""},
		{"srcaddr dstaddr", "10.0.0.1 10.0.0.2", ""},
	} {
		format, err := ParseFormat(c.format)
		require.NoError(t, err)
		require.Equal(t, c.want, format.Account(c.line), c.line)
	}
}
