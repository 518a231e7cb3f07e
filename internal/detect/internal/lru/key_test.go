// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"math"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

func TestDecodeKeyReadsWhatEncodeWrites(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	keys := []Key{
		{Scope: 1},
		{Scope: math.MaxUint32, Src: v4.As16(), Dst: v6.As16(), Port: math.MaxUint16},
		{Scope: 3, Country: [2]byte{'S', 'E'}},
		{Scope: 4, Src: v6.As16()},
		{Scope: 5, Dst: v4.As16()},
		{Scope: 6, SrcPort: math.MaxUint16, Protocol: math.MaxUint8},
		{Scope: 7, Src: v4.As16(), Dst: v6.As16(), Port: 1, SrcPort: 2, Protocol: 3, Country: [2]byte{'S', 'E'}},
	}
	var e encode.Encoder
	for i := range keys {
		keys[i].Encode(&e)
	}
	d := encode.NewDecoder(e)
	for _, want := range keys {
		require.Equal(t, want, DecodeKey(d))
	}
	require.False(t, d.Failed() || d.More())
}

func TestKeyOfTwoIPv4AddressesTakesTenBytes(t *testing.T) {
	var e encode.Encoder
	k := Key{Scope: 1, Src: netip.MustParseAddr("10.0.0.1").As16(), Dst: netip.MustParseAddr("10.0.0.2").As16()}
	k.Encode(&e)
	require.Len(t, e, 10)
}

func TestDecodeKeyRejectsAnUnknownTag(t *testing.T) {
	d := encode.NewDecoder([]byte{0x80, 2, 1})
	DecodeKey(d)
	require.True(t, d.Failed())
}

func TestTablesDistinguishAllPartsOfAKey(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1").As16(), netip.MustParseAddr("2001:db8::1").As16()
	table := New[int](100)
	keys := []Key{
		{Scope: 1},
		{Scope: 2},
		{Scope: 1, Port: 1},
		{Scope: 1, SrcPort: 1},
		{Scope: 1, Protocol: 1},
		{Scope: 1, Country: [2]byte{0, 1}},
		{Scope: 1, Src: v4},
		{Scope: 1, Dst: v4},
		{Scope: 1, Src: v6},
		{Scope: 1, Dst: v6},
		{Scope: 1, Src: v4, SrcPort: 1, Port: 2, Protocol: 3},
	}
	for i := range keys {
		value, created := table.Touch(&keys[i])
		require.True(t, created, i)
		*value = i
	}
	for i := range keys {
		require.Equal(t, i, *table.Get(&keys[i]))
		require.Equal(t, keys[i], table.Key(uint32(i+1)))
	}
}
