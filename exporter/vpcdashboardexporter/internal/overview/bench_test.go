// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// newStore makes a store with the defaults of the component and a clock of the test's own.
func newStore(tb testing.TB, now func() time.Time) *Store {
	tb.Helper()
	return New(Settings{
		Internal: network.NewRanges(network.DefaultInternal), Countries: network.BuiltIn(),
		Retention: 31 * 24 * time.Hour, MaxAlerts: 10_000, MaxKeys: 512, Now: now,
	})
}

// traffic makes flows about as they are: few talk much and many little, most within the network, and the Internet knocks.
type traffic struct {
	random *rand.Rand
	zipf   *rand.Zipf
}

func newTraffic(seed uint64) *traffic {
	random := rand.New(rand.NewPCG(seed, 1))
	return &traffic{random, rand.NewZipf(random, 1.1, 4, 1<<20)}
}

var services = []uint16{443, 443, 443, 443, 80, 53, 5432, 22, 3306, 8080}

func (t *traffic) inside() netip.Addr {
	n := uint32(t.zipf.Uint64() % 5000)
	return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)})
}

func (t *traffic) outside() netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 0x08000000+uint32(t.zipf.Uint64())*1009)
	return netip.AddrFrom4(b)
}

func (t *traffic) flow(at int64) flow.Flow {
	f := flow.Flow{
		Time: at, Protocol: 6, Action: flow.Accept, SrcPort: uint16(32768 + t.random.IntN(28000)),
		DstPort: services[t.random.IntN(len(services))], Packets: uint64(1 + t.random.IntN(100)), Flags: 2,
		Account: "123456789012", Interface: interfaces[t.zipf.Uint64()%uint64(len(interfaces))],
	}
	f.Bytes = f.Packets * uint64(40+t.random.IntN(1400))
	switch t.random.IntN(10) {
	case 0, 1:
		f.Src, f.Dst = t.outside(), t.inside()
		f.DstPort, f.Action = uint16(t.random.IntN(1<<16)), flow.Reject
	case 2, 3, 4:
		f.Src, f.Dst = t.inside(), t.outside()
	default:
		f.Src, f.Dst = t.inside(), t.inside()
	}
	return f
}

var interfaces = func() (names []string) {
	for n := range 3000 {
		names = append(names, fmt.Sprintf("eni-%017x", n*7919))
	}
	return names
}()

func (t *traffic) batch(n int, at int64) []flow.Flow {
	flows := make([]flow.Flow, n)
	for i := range flows {
		flows[i] = t.flow(at)
	}
	return flows
}

func BenchmarkAddFlows(b *testing.B) {
	for name, perMinute := range map[string]int{"million_a_minute": 1_000_000, "ten_million_a_minute": 10_000_000} {
		b.Run(name, func(b *testing.B) {
			s := newStore(b, func() time.Time { return start.Add(10 * 24 * time.Hour) })
			const size = 1000
			flows := newTraffic(1).batch(200*size, start.Unix())
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				batch := flows[n%200*size:][:size]
				at := start.Unix() + int64(n)*size*60/int64(perMinute)
				for i := range batch {
					batch[i].Time = at
				}
				s.AddFlows(batch)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/flow")
		})
	}
}

// Each flow has addresses, ports and an interface that no other has: each takes another's place.
func BenchmarkAddFlowsThatHaveNothingInCommon(b *testing.B) {
	s := newStore(b, func() time.Time { return start.Add(10 * 24 * time.Hour) })
	const size = 1000
	flows := make([]flow.Flow, size)
	n := uint32(0)
	for b.Loop() {
		for i := range flows {
			n++
			flows[i] = strange(n)
		}
		s.AddFlows(flows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/flow")
}

// strange makes a flow of which nothing is like that of another number.
func strange(n uint32) flow.Flow {
	var src, dst [4]byte
	binary.BigEndian.PutUint32(src[:], 0x0a000000|n*2654435761>>8)
	binary.BigEndian.PutUint32(dst[:], 0x0a000000|n*2246822519>>8)
	return flow.Flow{
		Time: start.Unix() + int64(n%7200), Src: netip.AddrFrom4(src), Dst: netip.AddrFrom4(dst),
		SrcPort: 40000, DstPort: uint16(n), Protocol: 17, Action: flow.Accept, Packets: 1, Bytes: uint64(n%1500 + 40),
		Interface: fmt.Sprintf("eni-%d", n), Account: fmt.Sprint(n),
	}
}

func BenchmarkView(b *testing.B) {
	s := full(b, 24*time.Hour, 2_000_000)
	for _, length := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 0} {
		b.Run(length.String(), func(b *testing.B) {
			for b.Loop() {
				s.changes++
				s.View(Query{Range: length, Top: 10})
			}
		})
	}
}

// full makes a store that has had strange flows spread over a length of time.
func full(tb testing.TB, length time.Duration, flows int) *Store {
	s := newStore(tb, func() time.Time { return start.Add(400 * 24 * time.Hour) })
	batch := make([]flow.Flow, 0, 1000)
	for n := range flows {
		f := strange(uint32(n))
		f.Time = start.Unix() + int64(length/time.Second)*int64(n)/int64(flows)
		if batch = append(batch, f); len(batch) == cap(batch) {
			s.AddFlows(batch)
			batch = batch[:0]
		}
	}
	return s
}

// The most that a store can take: all stretches of all tiers are full.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		s := full(b, 32*24*time.Hour, 20_000_000)
		b.ReportMetric(float64(heap()-before)/1e6, "MB")
		runtime.KeepAlive(s)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

var start = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)
