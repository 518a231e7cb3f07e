// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// recordsOfModel plays a model on the first days of the shop and returns the records.
func recordsOfModel(m model, days int, rate float64) []Record {
	begin := DefaultOptions().Start.Unix()
	var out []Record
	now := &minute{
		begin: begin, rate: rate, site: newShop(), ports: make(map[netip.Addr]uint16),
		rng: rand.New(rand.NewPCG(1, 2)), emit: func(r Record) { out = append(out, r) },
	}
	for now.start = begin; now.start < begin+int64(days)*86400; now.start += 60 {
		m.play(now)
	}
	return out
}

func TestEveryPairOfAHabitConnectsOnEachWorkingDay(t *testing.T) {
	shop := newShop()
	h := habit{
		clients: shop.addrs("jump", "dev-1", "dev-2"), servers: shop.addrs("app-1", "app-2", "jump"), service: ssh, every: 12 * time.Hour,
		rhythm: func(int64) float64 { return 0 }, exchange: exchange{sent: Volume{1, 44}, received: Volume{1, 44}},
	}
	type call struct {
		client, server netip.Addr
		day            int64
	}
	calls := make(map[call]int)
	for _, r := range recordsOfModel(h, 7, 1) {
		if r.Egress && r.DstPort == 22 {
			calls[call{r.Src, r.Dst, (r.Start - DefaultOptions().Start.Unix()) / 86400}]++
		}
	}
	assert.Len(t, calls, 8*5, "eight pairs, because jump does not connect to itself, on five days, although the rhythm is zero")
	for c, n := range calls {
		assert.Equal(t, 1, n, c)
	}
}

func TestHabitsWithLongIntervalsConnect(t *testing.T) {
	shop := newShop()
	for _, every := range []time.Duration{13 * time.Hour, 24 * time.Hour, 25 * time.Hour, 100 * time.Hour} {
		h := habit{
			clients: shop.addrs("jump"), servers: shop.addrs("app-1", "app-2", "app-3", "dns", "mail"), service: ssh, every: every,
			rhythm: func(int64) float64 { return 0 }, exchange: exchange{sent: Volume{1, 44}},
		}
		servers := make(map[netip.Addr]bool)
		for _, r := range recordsOfModel(h, 6, 1) {
			servers[r.Dst] = true
		}
		assert.Len(t, servers, 5, "every %s", every)
	}
}

func TestHabitFollowsItsIntervalAndRate(t *testing.T) {
	shop := newShop()
	h := habit{
		clients: shop.addrs("web-1"), servers: shop.addrs("app-1"), service: appHTTP, every: 30 * time.Minute,
		rhythm: constantly, exchange: exchange{sent: Volume{4, 400}, received: Volume{4, 400}},
	}
	assert.Len(t, recordsOfModel(h, 1, 1), 48*4, "both directions at both interfaces")
	assert.Len(t, recordsOfModel(h, 1, 60), 60*48*4, "twice a minute")
}

func TestPortsAreEphemeral(t *testing.T) {
	m := &minute{ports: make(map[netip.Addr]uint16), rng: rand.New(rand.NewPCG(1, 2))}
	before := m.port(addr("10.0.0.1"))
	for range 40_000 {
		p := m.port(addr("10.0.0.1"))
		assert.True(t, p >= 32768 && p <= 60999, p)
		assert.NotEqual(t, before, p)
		before = p
	}
}

func TestVolumesOnlyIncrease(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		v := Volume{100, 10_000}.vary(rng)
		assert.True(t, v.Packets >= 100 && v.Packets <= 102, v)
		assert.True(t, v.Bytes >= 10_000 && v.Bytes <= 10_500, v)
		assert.Equal(t, uint64(1), Volume{1, 76}.vary(rng).Packets, "a single packet stays one")
	}
}
