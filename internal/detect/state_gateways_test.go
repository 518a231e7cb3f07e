// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// hop returns a hop record at t0 that names the source of dnsOverTCP as a gateway's address.
func hop() flow.Flow {
	f := dnsOverTCP(t0)
	f.Src, f.Local = netip.MustParseAddr("10.0.1.7"), f.Src
	f.Hop, f.NamesGateway = true, true
	return f
}

func TestGatewayIsKnownForThirtyDaysDespiteARestart(t *testing.T) {
	for silent, want := range map[int64][]alert.Status{
		gatewayRetention:     nil,
		gatewayRetention + 1: {alert.Opened},
	} {
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			store := newMemoryStore()
			w := store.restart(t, nil)
			w.feed(hop())
			require.NoError(t, w.Save(store.write))
			w = store.restart(t, nil)
			require.Equal(t, 1, w.Stats().Gateways)
			w.feed(dnsOverTCP(t0 + silent))
			require.Equal(t, want, w.statuses("dns_not_over_udp"))
		})
	}
}

func TestObserveReportsHops(t *testing.T) {
	engine := newRecordingEngine(t, nil)
	observe := func(f flow.Flow) Skip {
		var ev Event
		require.Equal(t, Evaluate, engine.Classify(&f, t0+1e9, &ev))
		return engine.Observe(&ev, func(*alert.Alert) {})
	}
	assert.Equal(t, Hop, observe(hop()))
	assert.Equal(t, Hop, observe(dnsOverTCP(t0+5000)))
	internal := dnsOverTCP(t0 + 1)
	internal.Dst = netip.MustParseAddr("10.0.0.53")
	assert.Equal(t, Evaluate, observe(internal))
	assert.Equal(t, map[string]int64{"123456789012": t0 + 1}, engine.Stats().Watermarks, "hops do not move the watermark")

	f := hop()
	f.NamesGateway = false
	var ev Event
	assert.Equal(t, Hop, engine.Classify(&f, t0+1e9, &ev), "a hop that names no gateway is not needed")
}

func TestGatewaysAreBounded(t *testing.T) {
	const limit = 100
	g := newGateways(limit)
	event := func(n int) *Event {
		f := hop()
		f.Local = netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)})
		return &Event{Flow: f, src: f.Local.As16()}
	}
	for n := range limit {
		g.learn(event(n))
	}
	g.learn(event(0)) // now address 1 is the least recently named one
	g.learn(event(limit))
	assert.Equal(t, limit, g.table.Len())
	assert.EqualValues(t, 1, g.table.Evicted)
	known := func(n int) bool { ev := event(n); return g.has(ev, ev.src) }
	assert.True(t, known(0))
	assert.False(t, known(1))
	assert.True(t, known(limit))
	assert.Equal(t, 100_000, maxGateways)
}

func TestGatewayKeysDistinguishAccounts(t *testing.T) {
	long := strings.Repeat("a", 17)
	seen := map[any]string{}
	for _, account := range []string{"", "123456789012", "123456789013", long[:16], long, long[:16] + "b"} {
		key := gatewayKey(account, [16]byte{15: 1})
		assert.NotContains(t, seen, key, account)
		seen[key] = account
	}
}

func TestEvaluateHopsNeitherLearnsNorSavesGateways(t *testing.T) {
	evaluateHops := func(cfg *Config) { cfg.EvaluateHops = true }
	store := newMemoryStore()
	w := store.restart(t, nil)
	w.feed(hop())
	require.NoError(t, w.Save(store.write))

	w = store.restart(t, evaluateHops)
	w.feed(hop())
	w.feed(dnsOverTCP(t0 + 1))
	require.Len(t, w.statuses("dns_not_over_udp"), 2)
	require.Zero(t, w.Stats().Gateways)
	require.NoError(t, w.Save(store.write))

	w = store.restart(t, nil)
	require.Equal(t, 1, w.Stats().Gateways, "saved addresses are kept")
}
