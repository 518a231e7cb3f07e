// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	keys := []key{
		{scope: 1},
		{scope: math.MaxUint32, src: v4.As16(), dst: v6.As16(), port: math.MaxUint16},
		{scope: 3, country: country{'S', 'E'}},
		{scope: 4, src: v6.As16()},
		{scope: 5, dst: v4.As16()},
	}
	var e encoder
	for i := range keys {
		e.key(&keys[i])
	}
	e.uint(math.MaxUint64)
	e.int(math.MinInt64)
	e.bool(true)
	e.bool(false)
	e.text("eni-1")
	e.text("")
	for _, a := range []netip.Addr{v4, v6, {}} {
		e.addr(a)
	}
	d := decoder{left: e}
	for _, want := range keys {
		require.Equal(t, want, d.key())
	}
	require.Equal(t, uint64(math.MaxUint64), d.uint())
	require.Equal(t, int64(math.MinInt64), d.int())
	require.True(t, d.bool())
	require.False(t, d.bool())
	require.Equal(t, "eni-1", d.text())
	require.Empty(t, d.text())
	for _, want := range []netip.Addr{v4, v6, {}} {
		require.Equal(t, want, d.addr())
	}
	require.Empty(t, d.left)
	require.False(t, d.bad)
	require.Zero(t, d.uint())
	require.True(t, d.bad, "there is nothing left")
}

func TestAPairOfAddressesTakesTenBytes(t *testing.T) {
	var e encoder
	e.key(&key{scope: 1, src: netip.MustParseAddr("10.0.0.1").As16(), dst: netip.MustParseAddr("10.0.0.2").As16()})
	require.Len(t, e, 10)
}

func TestNumbersThatCannotBeAreRefused(t *testing.T) {
	var e encoder
	e.uint(math.MaxUint16 + 1)
	for name, read := range map[string]func(*decoder){
		"a port above 65535":                  func(d *decoder) { d.port() },
		"neither true nor false":              func(d *decoder) { d.bool() },
		"more things than bytes":              func(d *decoder) { d.count() },
		"a text longer than what there is":    func(d *decoder) { d.text() },
		"an address of no kind":               func(d *decoder) { d.addr() },
		"a key with a tag that is none":       func(d *decoder) { d.key() },
		"a timeline with too many sightings":  func(d *decoder) { new(timeline).decode(d, 1) },
		"fewer bytes than those that must be": func(d *decoder) { d.take(4) },
	} {
		d := decoder{left: e}
		read(&d)
		require.True(t, d.bad, name)
		require.Empty(t, d.left, name)
	}
}

// FuzzDecode reads anything as the value of each kind of rule.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3})
	f.Add([]byte{1, 1, 10, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0})
	cfg := DefaultConfig()
	cfg.EmitResolved = true
	f.Fuzz(func(t *testing.T, data []byte) {
		engine, err := New(cfg, nil, nil)
		require.NoError(t, err)
		engine.scopes.at("123456789012")
		for _, r := range engine.running {
			name := r.stats.Rule
			values := map[string][]byte{}
			var header encoder
			for _, n := range []uint64{1, 0, 0, 0, 1, 0, 0} {
				header.uint(n)
			}
			values[name] = seal(header)
			values[name+"/log/0"] = seal(data)
			_ = r.saver().load(func(key string) ([]byte, error) { return values[key], nil })
		}
	})
}
