// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"runtime"
	"testing"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// newStore returns a store with the default settings and the given clock.
func newStore(tb testing.TB, now func() time.Time) *Store {
	tb.Helper()
	return New(Settings{
		Internal: network.NewRanges(network.DefaultInternal), Countries: network.BuiltIn(),
		Retention: 31 * 24 * time.Hour, MaxAlerts: 10_000, MaxKeys: 512, Now: now,
	})
}

func BenchmarkAddFlows(b *testing.B) {
	for name, perMinute := range map[string]int{"million_a_minute": 1_000_000, "ten_million_a_minute": 10_000_000} {
		b.Run(name, func(b *testing.B) {
			s := newStore(b, func() time.Time { return start.Add(10 * 24 * time.Hour) })
			const size = 1000
			flows := overviewtest.New(1).Batch(200*size, start.Unix())
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

// Each flow has unique addresses, ports and interfaces, so each evicts others.
func BenchmarkAddUniqueFlows(b *testing.B) {
	s := newStore(b, func() time.Time { return start.Add(10 * 24 * time.Hour) })
	const size = 1000
	flows := make([]flow.Flow, size)
	n := uint32(0)
	for b.Loop() {
		for i := range flows {
			n++
			flows[i] = overviewtest.UniqueFlow(n, start.Unix()+int64(n%7200))
		}
		s.AddFlows(flows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/flow")
}

// BenchmarkView builds the views of a day of realistic traffic, and of unique flows.
func BenchmarkView(b *testing.B) {
	generator := overviewtest.New(1)
	for name, next := range map[string]func(uint32, int64) flow.Flow{
		"traffic": func(_ uint32, at int64) flow.Flow { return generator.Flow(at) }, "unique": overviewtest.UniqueFlow,
	} {
		s := filledStore(b, 24*time.Hour, 2_000_000, next)
		for _, length := range []time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 0} {
			b.Run(name+"/"+length.String(), func(b *testing.B) {
				for b.Loop() {
					s.version.Add(1)
					s.View(Query{Range: length, Top: 10})
				}
			})
		}
	}
}

// filledStore returns a store with flows that are spread over a length of time.
func filledStore(tb testing.TB, length time.Duration, flows int, next func(uint32, int64) flow.Flow) *Store {
	s := newStore(tb, func() time.Time { return start.Add(400 * 24 * time.Hour) })
	batch := make([]flow.Flow, 0, 1000)
	for n := range flows {
		f := next(uint32(n), start.Unix()+int64(length/time.Second)*int64(n)/int64(flows))
		if batch = append(batch, f); len(batch) == cap(batch) {
			s.AddFlows(batch)
			batch = batch[:0]
		}
	}
	return s
}

// BenchmarkMemory measures the memory of a store in which all intervals of all levels are full.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		before := heap()
		s := filledStore(b, 32*24*time.Hour, 20_000_000, overviewtest.UniqueFlow)
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

var start = overviewtest.Start
