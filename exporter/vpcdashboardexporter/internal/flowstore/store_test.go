// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// noon is the time of all tests.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// rig is a Store whose periodic job runs when the test says so.
type rig struct {
	*Store
	t     testing.TB
	dir   string
	now   time.Time // guarded by clock
	clock sync.Mutex
}

// setNow sets the time.
func (r *rig) setNow(now time.Time) {
	r.clock.Lock()
	defer r.clock.Unlock()
	r.now = now
}

func testSettings(dir string, now func() time.Time) Settings {
	return Settings{
		Directory: dir, Retention: 168 * time.Hour, MaxSize: 1 << 40, Internal: network.NewRanges(network.DefaultInternal),
		Countries: network.BuiltIn(), Now: now, RetryDelay: time.Millisecond,
		Ticker: func(time.Duration) (<-chan time.Time, func()) { return nil, func() {} },
	}
}

func newRig(t testing.TB, change ...func(*Settings)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), now: noon}
	settings := testSettings(r.dir, func() time.Time {
		r.clock.Lock()
		defer r.clock.Unlock()
		return r.now
	})
	for _, c := range change {
		c(&settings)
	}
	r.open(settings)
	return r
}

func (r *rig) open(settings Settings) {
	r.t.Helper()
	s, err := Open(settings)
	require.NoError(r.t, err)
	r.Store = s
	r.t.Cleanup(func() { require.NoError(r.t, s.Close(context.Background())) })
}

// reopen closes the Store and opens it again.
func (r *rig) reopen() {
	r.t.Helper()
	require.NoError(r.t, r.Close(r.t.Context()))
	r.open(r.settings)
}

// flush writes all buffers and waits until they are written.
func (r *rig) flush(stored uint64) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		r.tick()
		return r.Status().Stored == stored
	}, 30*time.Second, time.Millisecond)
}

// all returns all rows in all files, in any order.
func (r *rig) all() []Row { return readFolder(r.t, r.dir) }

func readFolder(t testing.TB, dir string) []Row {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "hour=*", "*.parquet"))
	require.NoError(t, err)
	var rows []Row
	for _, path := range paths {
		more, err := readRows(path)
		require.NoError(t, err)
		rows = append(rows, more...)
	}
	return rows
}

// testFlow returns a flow whose bytes are its number.
func testFlow(number int, at time.Time) flow.Flow {
	return flow.Flow{
		Time: at.Unix(), Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.AddrFrom4([4]byte{8, 8, byte(number >> 8), byte(number)}),
		SrcPort: 50_000, DstPort: 443, Protocol: 6, Flags: 2, Action: flow.Accept, Direction: flow.Egress, Packets: 3, Bytes: uint64(number),
		Account: "111122223333", Region: "eu-west-1", VPC: "vpc-1", Subnet: "subnet-1", Interface: fmt.Sprintf("eni-%d", number%5), Instance: "i-1", Zone: "euw1-az1",
	}
}

func testFlows(first, n int, at time.Time) []flow.Flow {
	flows := make([]flow.Flow, n)
	for i := range flows {
		flows[i] = testFlow(first+i, at)
	}
	return flows
}

func TestFlowsAreStoredByHourWithAllColumns(t *testing.T) {
	r := newRig(t)
	r.Add([]flow.Flow{testFlow(7, noon), testFlow(8, noon.Add(-time.Hour))})
	r.flush(2)
	assert.FileExists(t, filepath.Join(r.dir, "hour=2026-03-10-12", "0000000001-0000000001.parquet"))
	assert.FileExists(t, filepath.Join(r.dir, "hour=2026-03-10-11", "0000000002-0000000002.parquet"))
	assert.Contains(t, r.all(), Row{
		Start: noon.Unix(), Source: "10.0.0.1", Destination: "8.8.0.7", SourcePort: 50_000, DestinationPort: 443, Protocol: 6, Packets: 3, Bytes: 7,
		Action: "ACCEPT", Flags: 2, Direction: "egress", Account: "111122223333", Region: "eu-west-1", VPC: "vpc-1", Subnet: "subnet-1",
		Interface: "eni-2", Instance: "i-1", Zone: "euw1-az1", Class: "internal_to_external", DestinationCountry: "US",
	})
}

func TestAFlowWithoutValuesHasEmptyColumns(t *testing.T) {
	r := newRig(t)
	r.Add([]flow.Flow{{Time: noon.Unix()}})
	r.flush(1)
	assert.Equal(t, []Row{{Start: noon.Unix()}}, r.all())
}

func TestFlowsThatAreNotStoredAreCountedByReason(t *testing.T) {
	long := string(make([]byte, maxName+1))
	for _, tt := range []struct {
		name   string
		change func(*flow.Flow)
		want   Reason
	}{
		{"ten minutes ahead of the clock is stored", func(f *flow.Flow) { f.Time = noon.Unix() + 600 }, ""},
		{"more than ten minutes ahead is not", func(f *flow.Flow) { f.Time = noon.Unix() + 601 }, InFuture},
		{"the first hour of the retention is stored", func(f *flow.Flow) { f.Time = noon.Unix() - 168*3600 }, ""},
		{"the hour before it is not", func(f *flow.Flow) { f.Time = noon.Unix() - 168*3600 - 1 }, TooOld},
		{"a time before flow logs existed", func(f *flow.Flow) { f.Time = -1 }, TooOld},
		{"the largest time", func(f *flow.Flow) { f.Time = 1<<63 - 1 }, InFuture},
		{"the smallest time", func(f *flow.Flow) { f.Time = -1 << 63 }, TooOld},
		{"NODATA", func(f *flow.Flow) { f.Status = flow.NoData }, NoTraffic},
		{"SKIPDATA", func(f *flow.Flow) { f.Status = flow.SkipData }, NoTraffic},
		{"a hop", func(f *flow.Flow) { f.Hop = true }, Hop},
		{"the longest id", func(f *flow.Flow) { f.VPC = long[1:] }, ""},
		{"a longer id", func(f *flow.Flow) { f.VPC = long }, NameTooLong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.Add([]flow.Flow{testFlow(1, noon)}) // the latest event
			f := testFlow(2, noon)
			tt.change(&f)
			r.Add([]flow.Flow{f})
			want := newCounts().NotStored
			if tt.want != "" {
				want[tt.want] = 1
			}
			assert.Equal(t, want, r.Status().NotStored)
		})
	}
}

func TestRandomTimesOpenABoundedNumberOfHours(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Retention = 8784 * time.Hour })
	r.Add([]flow.Flow{testFlow(0, noon)})
	for i := range 10_000 {
		r.Add([]flow.Flow{testFlow(i, noon.Add(-time.Duration(i*7919%1000)*time.Hour))})
		require.LessOrEqual(t, len(r.buffers.open), maxOpen)
	}
	status := r.Status()
	require.NoError(t, r.Close(t.Context()))
	assert.Equal(t, uint64(10_001), r.Status().Stored+status.NotStored[QueueFull])
}

func TestOldLogsOfAWeekAreStoredInFull(t *testing.T) {
	r := newRig(t)
	for hour := range 169 {
		r.Add(testFlows(10*hour, 10, noon.Add(-time.Duration(168-hour)*time.Hour)))
	}
	r.tick()
	require.Eventually(t, func() bool { return r.Status().Stored == 1690 }, 30*time.Second, time.Millisecond, "one tick writes all")
	assert.Equal(t, newCounts().NotStored, r.Status().NotStored)
	assert.Equal(t, 169, r.Status().Files)
}

func TestTheFlowsInMemoryAreBounded(t *testing.T) {
	r := newRig(t)
	for i := range 4 * maxBuffered / 1000 {
		r.Add(testFlows(i, 1000, noon.Add(-time.Duration(i%8)*time.Hour)))
		require.LessOrEqual(t, r.buffers.rows, maxBuffered)
	}
}

func TestAWriteErrorIsRetriedAndNothingBlocks(t *testing.T) {
	r := newRig(t)
	obstacle := filepath.Join(r.dir, folder(noon.Unix()/secondsPerHour))
	require.NoError(t, os.WriteFile(obstacle, nil, 0o600))
	r.Add(testFlows(0, 10, noon))
	require.Eventually(t, func() bool {
		r.tick()
		return r.Status().Failure != nil
	}, 30*time.Second, time.Millisecond)
	refused := 0
	for r.Status().NotStored[WriteError] == 0 { // until the queue and the buffer are full
		r.Add(testFlows(0, 10_000, noon))
		refused += 10_000
		require.Less(t, refused, 100*partRows)
	}
	require.NoError(t, os.Remove(obstacle))
	accepted := uint64(refused+10) - r.Status().NotStored[WriteError]
	r.flush(accepted)
	require.NoError(t, r.Status().Failure)
	assert.Len(t, r.all(), int(accepted))
}

func TestShutdownEndsWhileTheDiskFails(t *testing.T) {
	r := newRig(t)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, folder(noon.Unix()/secondsPerHour)), nil, 0o600))
	r.Add(testFlows(0, 10, noon))
	require.NoError(t, r.Close(t.Context()))
	assert.Equal(t, uint64(10), r.Status().NotStored[WriteError])
	r.Add(testFlows(0, 5, noon))
	assert.Equal(t, uint64(15), r.Status().NotStored[WriteError])
}

func TestTheOldestHoursAreDeletedByAge(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.Retention = 2 * time.Hour })
	r.Add(testFlows(0, 3, noon.Add(-2*time.Hour)))
	r.Add(testFlows(3, 4, noon.Add(-time.Hour)))
	r.flush(7)
	r.Add(testFlows(7, 1, noon))
	r.flush(8)
	assert.Equal(t, uint64(0), r.Status().DeletedByAge)
	r.setNow(noon.Add(time.Hour))
	r.Add(testFlows(8, 1, noon.Add(time.Hour)))
	r.flush(9)
	assert.Equal(t, uint64(3), r.Status().DeletedByAge)
	assert.NoDirExists(t, filepath.Join(r.dir, "hour=2026-03-10-10"))
	assert.Len(t, r.all(), 6)
}

func TestTheOldestHoursAreDeletedBySize(t *testing.T) {
	r := newRig(t)
	r.Add(testFlows(0, 3, noon.Add(-time.Hour)))
	r.Add(testFlows(3, 4, noon))
	r.flush(7)
	r.settings.MaxSize = r.Status().Size
	r.tick()
	assert.Equal(t, uint64(0), r.Status().DeletedBySize, "the limit itself is allowed")
	r.settings.MaxSize--
	r.tick()
	assert.Equal(t, uint64(3), r.Status().DeletedBySize)
	assert.Len(t, r.all(), 4)
}
