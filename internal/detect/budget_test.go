// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// budgeted is an engine with a budget. It counts alerts by rule and source.
type budgeted struct {
	*Engine
	alerts map[string]int
	batch  []*Event
}

func newBudgeted(t *testing.T, mib, shards int) *budgeted {
	t.Helper()
	cfg := DefaultConfig()
	cfg.MaxStateMiB, cfg.Shards = mib, shards
	set := cfg.Rules["new_internal_peer"]
	set.LearningPeriod = 0
	cfg.Rules["new_internal_peer"] = set
	e, err := New(cfg, nil, nil)
	require.NoError(t, err)
	return &budgeted{Engine: e, alerts: map[string]int{}}
}

func (b *budgeted) observe(f flow.Flow) {
	ev := new(Event)
	if b.Classify(&f, t0+1e9, ev) == Evaluate {
		b.batch = append(b.batch, ev)
	}
	if len(b.batch) == 1000 {
		b.flush()
	}
}

func (b *budgeted) flush() {
	b.ObserveAll(b.batch, func(a *alert.Alert) { b.alerts[fmt.Sprint(a.Rule, " ", a.Source)]++ })
	b.batch = b.batch[:0]
}

// evicted returns the number of evicted keys by rule.
func (b *budgeted) evicted() map[string]int64 {
	evicted := map[string]int64{}
	for _, s := range b.Stats().Rules {
		if s.Evicted > 0 {
			evicted[s.Rule] = s.Evicted
		}
	}
	return evicted
}

// observePairs passes connections between 20,000 pairs of internal hosts.
func (b *budgeted) observePairs(at int64) {
	for n := range 20_000 {
		f := packet(host(10, n), netip.AddrFrom4([4]byte{172, 16, 0, 1}), 443, flow.Accept)
		f.Time, f.Flags = at, syn
		b.observe(f)
	}
	b.flush()
}

// observeSources passes refused attempts of many sources, each on 17 ports: too few to alert, but all are kept. In the
// middle, one source tries 40 ports.
func (b *budgeted) observeSources(at int64, sources int, address func(n int) netip.Addr) {
	target := netip.AddrFrom4([4]byte{10, 0, 0, 1})
	if address(0).Is6() {
		target = netip.MustParseAddr("fd00::1")
	}
	for n := range sources {
		ports := 17
		if n == sources/2 {
			ports = 40
		}
		for port := range ports {
			f := packet(address(n), target, uint16(1000+port), flow.Reject)
			f.Time = at + int64(n*100/sources)
			b.observe(f)
		}
	}
	b.flush()
}

func spoofedSource(n int) netip.Addr { return host(20, n) }

// inPrefix returns a source in one IPv6 /64.
func inPrefix(n int) netip.Addr {
	a := netip.MustParseAddr("2001:db8::").As16()
	a[13], a[14], a[15] = byte(n>>16), byte(n>>8), byte(n)
	return netip.AddrFrom16(a)
}

func TestStateStaysWithinItsBudget(t *testing.T) {
	const sources, mib = 40_000, 20
	for name, address := range map[string]func(int) netip.Addr{"IPv4": spoofedSource, "one IPv6 /64": inPrefix} {
		for _, shards := range []int{1, 3} {
			t.Run(fmt.Sprint(name, ", shards ", shards), func(t *testing.T) {
				before := heapInUse()
				b := newBudgeted(t, mib, shards)
				b.observePairs(t0)
				require.Len(t, b.alerts, 20_000)
				clear(b.alerts)
				b.observeSources(t0+1000, sources, address)

				memory := b.budget.memory()
				assert.LessOrEqual(t, memory, int64(mib)<<20)
				grown := heapInUse() - before
				t.Logf("%d bytes counted, %d measured, evicted: %v", memory, grown, b.evicted())
				assert.LessOrEqual(t, grown, int64(mib)<<20*12/10)
				scanner := fmt.Sprint("external_port_scan ", address(sources/2))
				assert.Contains(t, b.alerts, scanner, "a scan during the attack is found")

				clear(b.alerts)
				b.observePairs(t0 + 2000)
				assert.Empty(t, b.alerts, "known pairs are not evicted by another rule")
				evicted := b.evicted()
				assert.Contains(t, evicted, "external_port_scan")
				assert.NotContains(t, evicted, "new_internal_peer")
			})
		}
	}
}

func TestBudgetIsEnforcedWhenStateIsRestored(t *testing.T) {
	for _, shards := range []int{1, 3} { // the state was saved with one shard
		store := &memoryStore{values: map[string][]byte{}}
		save := func(changes []Change) error { store.put(changes); return nil }
		b := newBudgeted(t, 0, 1)
		require.NoError(t, b.Load(store.get))
		b.observePairs(t0)
		b.observeSources(t0+1000, 15_000, spoofedSource)
		require.Greater(t, b.budget.memory(), int64(20<<20), "without a budget")
		require.NoError(t, b.Save(save))

		again := newBudgeted(t, 12, shards)
		require.NoError(t, again.Load(store.get))
		require.LessOrEqual(t, again.budget.memory(), int64(12<<20))
		assert.Contains(t, again.evicted(), "external_port_scan")
		again.observeSources(t0+1200, 2000, func(n int) netip.Addr { return host(30, n) })
		assert.Contains(t, again.alerts, "external_port_scan 30.0.3.232", "records are accepted after a restart")
		clear(again.alerts)
		again.observePairs(t0 + 2000)
		assert.Empty(t, again.alerts)
		require.LessOrEqual(t, again.budget.memory(), int64(12<<20))
	}
}

// TestMemoryIsCountedExactly compares the memory of extras with a new count, after random traffic with evictions, alerts and
// resolved episodes.
func TestMemoryIsCountedExactly(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := newBudgeted(t, 0, 1)
		if seed%2 == 0 {
			b.budget.limit = 8 << 20
		}
		for n := range 40_000 {
			f := packet(host(byte(20-10*random.IntN(2)), random.IntN(500)), host(10, random.IntN(50)), uint16(20+random.IntN(40)), flow.Action(1+random.IntN(2)))
			f.Time, f.Bytes = t0+int64(n/4), uint64(random.IntN(10_000_000))
			if random.IntN(4) == 0 {
				f.Src, f.Dst = f.Dst, f.Src
			}
			b.observe(f)
		}
		b.flush()
		require.NotEmpty(t, b.alerts)
		for _, r := range b.running {
			counted, want := int64(0), int64(0)
			switch part := r.parts[0].(type) {
			case *distinct:
				counted, want = part.extras.heap, heapOf(&part.extras)
			case *sum:
				counted, want = part.extras.heap, heapOf(&part.extras)
			case *sequence:
				counted, want = part.extras.heap, heapOf(&part.extras)
			case *each:
				counted = part.bytes
				for n := part.table.Oldest(); n != 0; n = part.table.NewerThan(n) {
					want += (*part.table.Value(n)).counted
				}
			}
			require.Equal(t, want, counted, r.ID)
		}
		want := int64(0)
		for n := b.hosts.owners.Oldest(); n != 0; n = b.hosts.owners.NewerThan(n) {
			want += b.hosts.owners.Value(n).Bytes()
		}
		require.Equal(t, want, b.hosts.bytes)
	}
}

// heapOf counts the memory of all extras.
func heapOf[X any](x *extras[X]) (bytes int64) {
	for _, chunk := range x.chunks {
		if chunk == nil {
			continue
		}
		bytes += 8 * int64(len(chunk))
		for _, each := range chunk {
			if each != nil {
				bytes += each.bytes
			}
		}
	}
	return bytes
}
