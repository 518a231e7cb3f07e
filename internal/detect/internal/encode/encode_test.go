// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package encode

import (
	"math"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecoderReadsWhatEncoderWrites(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	var e Encoder
	e.Uint(math.MaxUint64)
	e.Int(math.MinInt64)
	e.Bool(true)
	e.Bool(false)
	e.Text("eni-1")
	e.Text("")
	for _, a := range []netip.Addr{v4, v6, {}} {
		e.Addr(a)
	}
	d := NewDecoder(e)
	require.Equal(t, uint64(math.MaxUint64), d.Uint())
	require.Equal(t, int64(math.MinInt64), d.Int())
	require.True(t, d.Bool())
	require.False(t, d.Bool())
	require.Equal(t, "eni-1", d.Text())
	require.Empty(t, d.Text())
	for _, want := range []netip.Addr{v4, v6, {}} {
		require.Equal(t, want, d.Addr())
	}
	require.False(t, d.More())
	require.False(t, d.Failed())
	require.Zero(t, d.Uint())
	require.True(t, d.Failed(), "nothing is left")
}

func TestDecoderRejectsInvalidValues(t *testing.T) {
	var e Encoder
	e.Uint(math.MaxUint16 + 1)
	for name, read := range map[string]func(*Decoder){
		"a port above 65535":                   func(d *Decoder) { d.Port() },
		"neither true nor false":               func(d *Decoder) { d.Bool() },
		"more elements than bytes":             func(d *Decoder) { d.Count() },
		"a text longer than the input":         func(d *Decoder) { d.Text() },
		"an address of an unknown kind":        func(d *Decoder) { d.Addr() },
		"a bare address of an unknown kind":    func(d *Decoder) { d.BareAddress(3) },
		"more bytes than the input has":        func(d *Decoder) { d.Take(4) },
		"a number greater than its limit":      func(d *Decoder) { d.UpTo(math.MaxUint16) },
		"a value that the caller rejects":      func(d *Decoder) { d.Fail() },
		"a number that does not end in 64 bit": func(d *Decoder) { d.left = []byte{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}; d.Uint() },
	} {
		d := NewDecoder(e)
		read(d)
		require.True(t, d.Failed(), name)
		require.False(t, d.More(), name)
	}
}

func TestUnsealRejectsDamagedValues(t *testing.T) {
	sealed := Seal([]byte("content"))
	got, err := Unseal(sealed)
	require.NoError(t, err)
	require.Equal(t, "content", string(got))
	for name, damaged := range map[string][]byte{
		"empty": {}, "too short": sealed[:4], "cut": sealed[:len(sealed)-1], "a changed bit": append([]byte{sealed[0], sealed[1] ^ 4}, sealed[2:]...),
	} {
		_, err := Unseal(damaged)
		require.ErrorIs(t, err, ErrDamaged, name)
	}
}
