// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTimelineChangesItsFormBetweenFewAndMany(t *testing.T) {
	for n := maxFew - 2; n <= maxFew+2; n++ {
		t.Run(fmt.Sprintf("%d entries", n), func(t *testing.T) {
			var line Timeline
			for i := range n {
				line.Add(&Entry{T: 100 + int64(i/3), Port: uint16(i), Counted: Port}, 1000, 100)
			}
			require.Equal(t, n > maxFew, line.many != nil)
			model := slices.Collect(line.all())
			require.Len(t, model, n)
			again := decoded(t, &line, 100)
			require.Equal(t, n > maxFew, again.many != nil)
			for at := int64(98); at < 112; at++ {
				requireWindows(t, model, &line, at, 5)
				requireWindows(t, model, &again, at, 5)
			}
		})
	}
}

func TestTimelineFreesMemoryWhenFewEntriesAreLeft(t *testing.T) {
	fill := func() *Timeline {
		var line Timeline
		for i := range 10_000 {
			line.Add(&Entry{T: 1000 + int64(i/10), Port: uint16(i), Counted: Port}, 5000, 20_000)
		}
		require.Greater(t, line.Bytes(), 10_000*48)
		return &line
	}
	few := Entry{T: 1999 + 5000, Port: 20_000, Counted: Port}
	line := fill()
	line.Add(&few, 5000, 20_000)
	require.Equal(t, 11, line.Len(), "the last ten, and the new one")
	require.Nil(t, line.many)
	require.Less(t, line.Bytes(), 32*48)

	some := Entry{T: 1900 + 5000, Port: 20_000, Counted: Port}
	line = fill()
	line.Add(&some, 5000, 20_000)
	require.Equal(t, 1001, line.Len())
	require.NotNil(t, line.many)
	require.Less(t, line.Bytes(), 3*1001*48)

	none := Entry{T: 2000 + 5000, Port: 20_000, Counted: Port}
	line = fill()
	line.Add(&none, 5000, 20_000)
	require.Equal(t, 1, line.Len())
	require.Nil(t, line.many)
}

func TestBytesIsTheMemoryOfATimeline(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	for _, entries := range []int{2, 10, maxFew, maxFew + 1, 100, 256, 1000, 6000, 60_000} {
		t.Run(fmt.Sprintf("%d entries", entries), func(t *testing.T) {
			lines := make([]Timeline, 1+200_000/entries)
			before, bytes := heap(), 0
			for i := range lines {
				for n := range entries {
					lines[i].Add(&Entry{T: 1000 + int64(n/2), Port: uint16(n), Counted: Port}, 100_000, entries)
				}
				lines[i].CountFullest(1000, 100)
				bytes += lines[i].Bytes()
			}
			require.InEpsilon(t, heap()-before, bytes, 0.05)
			runtime.KeepAlive(lines)
			t.Logf("%.0f bytes for each entry", float64(bytes)/float64(len(lines)*entries))
		})
	}
}

func TestManyEntriesChangeWithoutAllocation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 3))
	var line Timeline
	now := int64(10_000)
	add := func() {
		now++
		e := Entry{T: now - random.Int64N(600), Port: uint16(random.IntN(3000)), Counted: Port}
		line.Add(&e, 4200, 2000)
		line.CountFullest(e.T, 3600)
		line.CountUpTo(e.T, 3600)
	}
	for range 20_000 {
		add()
	}
	require.NotNil(t, line.many)
	require.Zero(t, testing.AllocsPerRun(10_000, add))
}

func TestTheTreeOfSecondsIsNotDeep(t *testing.T) {
	s := newSeconds()
	s.fullest(0, 3600)
	var depth func(at uint32) int
	depth = func(at uint32) int {
		if at == 0 {
			return 0
		}
		return 1 + max(depth(s.nodes[at].left), depth(s.nodes[at].right))
	}
	for n := range int64(200_000) {
		s.add(n, uint32(n+1))
		if n >= 100_000 {
			s.remove(n-100_000, uint32(n+1-100_000), 0)
		}
	}
	require.Len(t, s.nodes, 100_002)
	require.Less(t, depth(s.root), 80, "three times as deep as a perfect tree of 100,000 seconds would be 51")
}
