// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"flag"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

var (
	manyFlows = flag.Int("flows", 200_000, "how many flows TestManyFlows stores over seven days")
	manyLimit = flag.Bool("flows-limits", false, "TestManyFlows checks the times of searches, which a busy machine does not reach")
	manyDir   = flag.String("flows-directory", "", "where TestManyFlows keeps its flows for another run")
)

const week = 168

// everywhere is an address in each row group, rare one in a single flow.
var everywhere, rare = netip.MustParsePrefix("10.0.0.10/32"), netip.MustParsePrefix("203.0.113.77/32")

// TestManyFlows stores flows over seven days and measures searches. For a hundred million flows, run it with
// -args -flows 100000000 -flows-limits.
func TestManyFlows(t *testing.T) {
	dir := *manyDir
	if dir == "" {
		dir = t.TempDir()
	}
	settings := testSettings(dir, func() time.Time { return noon.Add(quietPeriod) })
	s, err := Open(settings)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(context.WithoutCancel(t.Context()))) }()
	if s.Status().Rows == 0 {
		generate(t, s, *manyFlows)
	}
	status := s.Status()
	t.Logf("%d flows in %d files: %.1f GB, %.1f bytes per flow", status.Rows, status.Files, float64(status.Size)/1e9, float64(status.Size)/float64(status.Rows))
	to := noon.Unix()
	all := Query{From: to - week*3600, To: to}
	base := heapSize()
	peak := uint64(0)
	measure := func(name string, runs int, limit time.Duration, search func() error) {
		var times []time.Duration
		for range runs {
			start := time.Now()
			require.NoError(t, search())
			times = append(times, time.Since(start))
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		slices.Sort(times)
		p95 := times[(len(times)*95+99)/100-1]
		t.Logf("%-50s p95 %v", name, p95)
		if *manyLimit {
			assert.Less(t, p95, limit, name)
		}
	}
	page := func(q Query, want int) func() error {
		return func() error {
			found, err := s.Search(t.Context(), q, ByTime, 50, nil)
			assert.Len(t, found.Rows, want)
			return err
		}
	}
	q := all
	q.Address = rare
	measure("first page of a rare address, 7 days", 20, time.Second, page(q, 1))
	q.Address = everywhere
	measure("first page of an address in every row group, 7 days", 20, time.Second, page(q, 50))
	top := func(hours int64) func() error {
		return func() error {
			_, err := s.TopOf(t.Context(), Query{From: to - hours*3600, To: to}, "srcaddr", Bytes, 10, noProgress)
			return err
		}
	}
	measure("top 10 by bytes, 1 hour", 5, time.Second, top(1))
	measure("top 10 by bytes, 1 day", 3, 5*time.Second, top(24))
	measure("totals of an address in every row group, 7 days", 1, time.Hour, func() error {
		_, err := s.Totals(t.Context(), q, noProgress)
		return err
	})
	t.Logf("heap: %d MiB before, at most %d MiB", base>>20, peak>>20)
	assert.Less(t, peak, uint64(300<<20))
}

func heapSize() uint64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// generate stores flows as the collector does, in parts that are compacted.
func generate(t *testing.T, s *Store, n int) {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 8))
	perHour := n / week
	for hour := range int64(week) {
		start := noon.Unix() - (hour+1)*3600
		for left := perHour; left > 0; left -= partRows {
			b := &buffer{hour: start / secondsPerHour, index: map[names]uint32{}}
			for i := range min(left, partRows) {
				f := generatedFlow(random, start+int64(i)*3600/int64(min(left, partRows)))
				switch {
				case i%1000 == 5:
					f.Src = everywhere.Addr()
				case i == 7 && hour == week/2 && left == perHour:
					f.Dst = rare.Addr()
				}
				b.add(&f)
			}
			require.True(t, s.writePart(b.hour, s.rows(b)))
		}
		s.compactAll(t.Context())
	}
}

// generatedFlow returns traffic of 2,000 internal hosts with each other and with 65,536 external addresses.
func generatedFlow(random *rand.Rand, at int64) flow.Flow {
	host := random.IntN(2000)
	inside := netip.AddrFrom4([4]byte{10, 0, byte(host / 250), byte(host % 250)})
	peer := netip.AddrFrom4([4]byte{52, byte(random.IntN(4)), byte(random.IntN(128)), byte(random.IntN(128))})
	if random.IntN(2) == 0 {
		peer = netip.AddrFrom4([4]byte{10, 0, byte(random.IntN(8)), byte(random.IntN(250))})
	}
	packets := 1 + random.IntN(1+random.IntN(200))
	f := flow.Flow{
		Time: at, Src: inside, Dst: peer, SrcPort: uint16(32768 + random.IntN(28_000)), DstPort: []uint16{443, 443, 443, 53, 5432, 22, 8080}[random.IntN(7)],
		Protocol: 6, Flags: 3, Action: flow.Accept, Direction: flow.Egress, Packets: uint64(packets), Bytes: uint64(packets * (40 + random.IntN(1400))),
		Account: []string{"111122223333", "444455556666"}[host%2], Region: "eu-west-1", VPC: "vpc-0a1b2c3d4e5f60718", Subnet: "subnet-0a1b2c3d4e5f60718",
		Interface: interfaces[host], Instance: "i-0a1b2c3d4e5f60718", Zone: "euw1-az1",
	}
	if random.IntN(2) == 0 {
		f.Src, f.Dst, f.SrcPort, f.DstPort, f.Direction = f.Dst, f.Src, f.DstPort, f.SrcPort, flow.Ingress
	}
	if random.IntN(20) == 0 {
		f.Action = flow.Reject
	}
	return f
}

var interfaces = func() (ids [2000]string) {
	random := rand.New(rand.NewPCG(9, 10))
	for i := range ids {
		id := []byte("eni-0")
		for range 16 {
			id = append(id, "0123456789abcdef"[random.IntN(16)])
		}
		ids[i] = string(id)
	}
	return ids
}()
