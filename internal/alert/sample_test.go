// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestParseSampleReadsWhatStringWrites(t *testing.T) {
	for text, want := range map[string]Sample{
		"10.0.0.1:50000 > 10.0.0.2:22 tcp REJECT 3 180 1736899200 eni-1": {
			Source: netip.MustParseAddrPort("10.0.0.1:50000"), Destination: netip.MustParseAddrPort("10.0.0.2:22"),
			Protocol: 6, Action: flow.Reject, Packets: 3, Bytes: 180, Time: 1736899200, Interface: "eni-1",
		},
		"[2001:db8::1]:0 > [2001:db8::2]:0 ipv6-icmp - 1 64 1736899200 -": {
			Source: netip.MustParseAddrPort("[2001:db8::1]:0"), Destination: netip.MustParseAddrPort("[2001:db8::2]:0"),
			Protocol: 58, Packets: 1, Bytes: 64, Time: 1736899200,
		},
		"10.0.0.1:1 > 10.0.0.2:2 253 ACCEPT 1 60 1736899200 eni-1": {
			Source: netip.MustParseAddrPort("10.0.0.1:1"), Destination: netip.MustParseAddrPort("10.0.0.2:2"),
			Protocol: 253, Action: flow.Accept, Packets: 1, Bytes: 60, Time: 1736899200, Interface: "eni-1",
		},
	} {
		assert.Equal(t, want, ParseSample(text), text)
		assert.Equal(t, text, want.String())
	}
}

func TestParseSampleKeepsOtherTextAsItIs(t *testing.T) {
	for _, text := range []string{
		"", "x", "10.0.0.1:1 > 10.0.0.2:2 tcp REJECT 3 180 1736899200", "10.0.0.1:1 < 10.0.0.2:2 tcp REJECT 3 180 1736899200 eni-1",
		"10.0.0.1 > 10.0.0.2:2 tcp REJECT 3 180 1736899200 eni-1", "10.0.0.1:1 > 10.0.0.2:99999 tcp REJECT 3 180 1736899200 eni-1",
		"10.0.0.1:1 > 10.0.0.2:2 tcp REJECT -3 180 1736899200 eni-1", "10.0.0.1:1 > 10.0.0.2:2 tcp REJECT 3 x 1736899200 eni-1",
		"10.0.0.1:1 > 10.0.0.2:2 tcp REJECT 3 180 now eni-1", "10.0.0.1:1 > 10.0.0.2:2 TCP REJECT 3 180 1736899200 eni-1",
		"10.0.0.1:1 > 10.0.0.2:2 tcp reject 3 180 1736899200 eni-1", "10.0.0.1:1 > 10.0.0.2:2 nothing REJECT 3 180 1736899200 eni-1",
		"10.0.0.1:1 > 10.0.0.2:2 tcp REJECT 03 180 1736899200 eni-1", "10.0.0.1:1 > 10.0.0.2:2 tcp REJECT 3 180 1736899200 ",
		"10.0.0.1:1  > 10.0.0.2:2 tcp REJECT 3 180 1736899200",
	} {
		assert.Equal(t, Sample{Raw: text}, ParseSample(text), text)
	}
}

func TestSampleIsTextInJSON(t *testing.T) {
	const text = "10.0.0.1:50000 > 10.0.0.2:22 tcp REJECT 3 180 1736899200 eni-1"
	encoded, err := json.Marshal(ParseSample(text))
	require.NoError(t, err)
	require.JSONEq(t, `"`+text+`"`, string(encoded))
	var got Sample
	require.NoError(t, json.Unmarshal(encoded, &got))
	assert.Equal(t, ParseSample(text), got)
}

func FuzzParseSample(f *testing.F) {
	f.Add("10.0.0.1:50000 > [2001:db8::1]:22 tcp REJECT 3 180 1736899200 eni-1")
	f.Add("<script>alert(1)</script>")
	f.Fuzz(func(t *testing.T, text string) {
		s := ParseSample(text)
		assert.Equal(t, text, s.String())
		assert.Equal(t, s.Source.IsValid(), s.Destination.IsValid())
	})
}
