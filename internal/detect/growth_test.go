// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// kinds are the kinds of state that rules keep for a key.
var kinds = []struct {
	name, rule string
	// most is the largest number of keys in the benchmark. It is smaller for large keys.
	most int
	// flows is the number of flows for each key. flow returns one of the flows of the n-th key.
	flows int
	flow  func(n, step int) flow.Flow
}{
	{"known pair", "new_internal_peer", 10_000_000, 1, func(n, _ int) flow.Flow {
		return packet(host(10, n), netip.AddrFrom4([4]byte{172, 16, 0, 1}), 443, flow.Accept)
	}},
	{"timeline of 1 value", "external_port_scan", 10_000_000, 1, scan},
	{"timeline of 10 values", "external_port_scan", 1_000_000, 10, scan},
	{"timeline of 20 values with episode and samples", "external_port_scan", 1_000_000, 20, scan},
	{"failed attempt", "remote_service_brute_force", 5_000_000, 1, func(n, _ int) flow.Flow {
		return packet(host(20, n), netip.AddrFrom4([4]byte{10, 0, 0, 1}), 22, flow.Reject)
	}},
	{"sum of 1 pane", "large_outbound_transfer", 10_000_000, 1, func(n, _ int) flow.Flow {
		return packet(netip.AddrFrom4([4]byte{10, 0, 0, 1}), host(20, n), 443, flow.Accept)
	}},
	{"episode", "dns_not_over_udp", 5_000_000, 1, func(n, _ int) flow.Flow {
		return packet(netip.AddrFrom4([4]byte{10, 0, 0, 1}), host(20, n), 53, flow.Accept)
	}},
}

func scan(n, step int) flow.Flow {
	return packet(host(20, n), netip.AddrFrom4([4]byte{10, 0, 0, 1}), uint16(100+step), flow.Reject)
}

func host(network byte, n int) netip.Addr {
	return netip.AddrFrom4([4]byte{network, byte(n >> 16), byte(n >> 8), byte(n)})
}

func packet(src, dst netip.Addr, port uint16, action flow.Action) flow.Flow {
	return flow.Flow{
		Time: t0, Src: src, Dst: dst, SrcPort: 50000, DstPort: port, Protocol: tcp, Action: action, Direction: flow.Ingress,
		Packets: 1, Bytes: 60, Account: "123456789012", Interface: "eni-1235b8ca123456789",
	}
}

// BenchmarkGrowth measures the tables of docs/tuning.md. For each kind of state and number of keys, it reports the
// memory and the time for a flow of a known key. It also reports the times to save and to load all keys.
func BenchmarkGrowth(b *testing.B) {
	for _, kind := range kinds {
		for _, keys := range []int{1_000, 10_000, 100_000, 1_000_000, 5_000_000, 10_000_000} {
			if keys > kind.most {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", kind.name, keys), func(b *testing.B) {
				before := heapInUse()
				e := only(b, kind.rule, keys)
				ev := new(Event)
				observe := func(f flow.Flow) {
					if e.Classify(&f, t0, ev) == Evaluate {
						e.Observe(ev, func(*alert.Alert) {})
					}
				}
				for step := range kind.flows {
					for n := range keys {
						observe(kind.flow(n, step))
					}
				}
				bytes := float64(heapInUse() - before)
				require.Equal(b, keys, e.Stats().Rules[0].Tracked)

				b.Run("flow", func(b *testing.B) {
					n := 0
					for b.Loop() { // in random order, so that caches do not help
						observe(kind.flow(n, kind.flows-1))
						n = (n + 3_853_247) % keys
					}
					b.ReportMetric(bytes/(1<<20), "MiB")
					b.ReportMetric(bytes/float64(keys), "B/key")
				})
				full := errors.New("disk full")
				stored := &memoryStore{values: map[string][]byte{}}
				b.Run("save", func(b *testing.B) {
					for b.Loop() { // after a failed write, everything is written again
						require.ErrorIs(b, e.Save(func(changes []Change) error {
							stored.put(changes)
							return full
						}), full)
					}
					b.ReportMetric(float64(stored.size())/(1<<20), "MiB-stored")
				})
				b.Run("load", func(b *testing.B) {
					for b.Loop() {
						again := only(b, kind.rule, keys)
						require.NoError(b, again.Load(stored.get))
						require.Equal(b, keys, again.Stats().Rules[0].Tracked)
					}
				})
			})
		}
	}
}

// BenchmarkAttempts measures what a waiting attempt takes, without and with an answer, for the table of docs/tuning.md. All
// attempts have different hosts and ports.
func BenchmarkAttempts(b *testing.B) {
	for _, size := range []int{500_000, 5_000_000} {
		for _, answered := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/answered=%v", size, answered), func(b *testing.B) {
				cfg := DefaultConfig()
				cfg.MaxAttempts = size
				cfg.MaxStateMiB = 1 << 20
				for id, set := range cfg.Rules {
					set.Enabled = id == "outbound_scan"
					cfg.Rules[id] = set
				}
				before := heapInUse()
				e, err := New(cfg, nil, nil)
				require.NoError(b, err)
				ev, n := new(Event), 0
				observe := func(f flow.Flow) {
					if e.Classify(&f, t0, ev) == Evaluate {
						e.Observe(ev, func(*alert.Alert) {})
					}
				}
				next := func() {
					f := packet(host(10, n), host(20, n), uint16(1+n%1000), flow.Accept)
					f.SrcPort, f.Flags, f.FlagsLogged = uint16(32768+n%28000), syn, true
					f.Interface = "" // The inventory learns nothing.
					observe(f)
					if answered {
						f.Src, f.Dst, f.SrcPort, f.DstPort = f.Dst, f.Src, f.DstPort, f.SrcPort
						f.Flags, f.Packets, f.Bytes = syn|ack, 10, 5000
						observe(f)
					}
					n++
				}
				for range size {
					next()
				}
				bytes := float64(heapInUse() - before)
				b.ReportAllocs()
				for b.Loop() { // beyond the bound, so each evicts one
					next()
				}
				b.ReportMetric(bytes/(1<<20), "MiB")
				b.ReportMetric(bytes/float64(size), "B/attempt")
			})
		}
	}
}

// only returns an engine with one rule and a bound on its keys.
func only(b *testing.B, rule string, keys int) *Engine {
	b.Helper()
	cfg := DefaultConfig()
	for id, set := range cfg.Rules {
		set.Enabled, set.MaxKeys = id == rule, keys
		cfg.Rules[id] = set
	}
	e, err := New(cfg, nil, nil)
	require.NoError(b, err)
	return e
}
