// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// bestOf computes a measure by its definition: the greatest sum over all windows that end at an entry and contain t.
func bestOf(times []int64, t, window int64, weight func(i int) uint64) (best uint64) {
	for _, e := range times {
		if t <= e-window || t > e {
			continue
		}
		var sum uint64
		for i, at := range times {
			if at > e-window && at <= e {
				sum += weight(i)
			}
		}
		best = max(best, sum)
	}
	return best
}

// TestTimelineAgreesWithItsDefinition covers few and many values, changes between both, and restarts.
func TestTimelineAgreesWithItsDefinition(t *testing.T) {
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 0))
		window, lateness := 1+random.Int64N(30), random.Int64N(40)
		limit, values, pace := 1+random.IntN(4*maxFew), 1+random.IntN(6*maxFew), 1+random.Int64N(4)
		var line Timeline
		var model []Entry // in order of time, then of arrival
		lost := int64(0)
		now := int64(1000)
		for step := range 150 {
			now += random.Int64N(pace)
			if random.IntN(100) == 0 {
				now += random.Int64N(window + lateness + 2)
			}
			s := Entry{
				T: now - random.Int64N(lateness+3), Port: uint16(random.IntN(values)), Extra: uint16(step), Counted: Port,
				Outcome: Outcome(random.IntN(int(numOutcomes))),
			}
			line.Add(&s, window+lateness, limit)
			model, lost = addSlowly(model, lost, s, window+lateness, limit)
			requireEntries(t, model, slices.Collect(line.all()))
			require.Equal(t, lost, line.lost)
			if random.IntN(50) == 0 {
				line = decoded(t, &line, limit)
			}
			asked := window
			if random.IntN(50) == 0 { // a restart with another window
				asked = 1 + random.Int64N(30)
			}
			requireWindows(t, model, &line, s.T, asked)
		}
	}
}

// requireWindows compares all measures at one time with the model.
func requireWindows(t *testing.T, model []Entry, line *Timeline, at, window int64) {
	t.Helper()
	times := make([]int64, len(model))
	for i := range model {
		times[i] = model[i].T
	}
	if len(model) < 20 {
		want := bestOf(times, at, window, func(int) uint64 { return 1 })
		require.Len(t, fullestWindow(model, at, window), int(want))
	}
	want := fullestWindow(model, at, window)
	requireEntries(t, want, line.FullestWindow(at, window))
	require.Equal(t, len(want), line.CountFullest(at, window))
	var upTo, since []Entry
	for _, e := range model {
		if e.T > at-window && e.T <= at {
			upTo = append(upTo, e)
		}
		if e.T >= at {
			since = append(since, e)
		}
	}
	requireEntries(t, upTo, line.WindowUpTo(at, window))
	require.Equal(t, len(upTo), line.CountUpTo(at, window))
	requireEntries(t, since, line.Since(at))
}

// requireEntries is faster than require.Equal.
func requireEntries(t *testing.T, want, got []Entry) {
	t.Helper()
	if !slices.Equal(want, got) {
		require.Equal(t, want, got)
	}
}

// decoded encodes a timeline and decodes it again.
func decoded(t *testing.T, l *Timeline, limit int) (again Timeline) {
	t.Helper()
	var e, same encode.Encoder
	l.Encode(&e)
	d := encode.NewDecoder(e)
	again.Decode(d, Port, limit)
	require.False(t, d.Failed())
	require.False(t, d.More())
	again.Encode(&same)
	require.Equal(t, e, same)
	return again
}

// addSlowly adds an entry to a plain list.
func addSlowly(list []Entry, lost int64, s Entry, keep int64, limit int) ([]Entry, int64) {
	newest := s.T
	for _, e := range list {
		newest = max(newest, e.T)
	}
	list = slices.DeleteFunc(slices.Clone(list), func(o Entry) bool { return o.T < newest-keep })
	if s.T < newest-keep {
		return list, lost
	}
	if i := slices.IndexFunc(list, func(o Entry) bool { return o.Port == s.Port }); i >= 0 {
		if list[i].T > s.T {
			list[i].keepBetter(&s)
			return list, lost
		}
		s.keepBetter(&list[i])
		list = slices.Delete(list, i, i+1)
	}
	list = append(list, s)
	slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(a.T, b.T) })
	if len(list) > limit {
		lost = max(lost, list[0].T)
		list = list[1:]
	}
	return list, lost
}

func TestTimelineEdges(t *testing.T) {
	at := func(times ...int64) *Timeline {
		var line Timeline
		for n, t := range times {
			line.Add(&Entry{T: t, Port: uint16(n + 1), Counted: Port}, 1000, 100)
		}
		return &line
	}
	for _, c := range []struct {
		name      string
		line      *Timeline
		t, window int64
		want      int
	}{
		{"an entry exactly a window ago is out", at(0, 10), 10, 10, 1},
		{"an entry a second less than a window ago is in", at(1, 10), 10, 10, 2},
		{"a late flow counts in the window that ends at a later entry", at(5, 14, 9), 9, 10, 3},
		{"a later entry a whole window ahead does not count with a late flow", at(5, 15), 5, 10, 1},
		{"entries of the same second are one after the other in the window", at(7, 7, 7), 7, 1, 3},
	} {
		t.Run(c.name, func(t *testing.T) { require.Len(t, c.line.FullestWindow(c.t, c.window), c.want) })
	}

	t.Run("a value that is seen again late keeps its later time", func(t *testing.T) {
		var line Timeline
		line.Add(&Entry{T: 100, Port: 1, Counted: Port}, 1000, 10)
		line.Add(&Entry{T: 50, Port: 1, Counted: Port}, 1000, 10)
		require.Equal(t, []Entry{{T: 100, Port: 1, Counted: Port}}, slices.Collect(line.all()))
		require.Len(t, line.FullestWindow(50, 60), 1, "the window that ends at 100 contains 50")
		require.Empty(t, line.FullestWindow(50, 50), "no window that ends at an entry contains 50")
	})

	t.Run("a full timeline reports a lower bound while the dropped entry would be in the window", func(t *testing.T) {
		var line Timeline
		for n := range int64(11) {
			line.Add(&Entry{T: 100 + n, Port: uint16(n), Counted: Port}, 1000, 10)
		}
		require.True(t, line.IsLowerBound(line.FullestWindow(110, 11), 11))
		require.False(t, line.IsLowerBound(line.FullestWindow(110, 10), 10), "the dropped entry is out of the window")
	})
}

func TestTimelineDecodesWhatItEncodes(t *testing.T) {
	const start = 1736899200
	var long Timeline
	for n := range 300 {
		long.Add(&Entry{T: start + int64(n), Port: uint16(n), Counted: Port}, 1000, 1000)
	}
	var e encode.Encoder
	long.Encode(&e)
	var same, short Timeline
	d := encode.NewDecoder(e)
	same.Decode(d, Port, 1000)
	require.False(t, d.Failed() || d.More())
	require.Equal(t, slices.Collect(long.all()), slices.Collect(same.all()))

	d = encode.NewDecoder(e)
	short.Decode(d, Port, 256)
	require.False(t, d.Failed())
	require.Equal(t, slices.Collect(long.all())[44:], slices.Collect(short.all()), "a shorter timeline keeps the newest entries")
	require.EqualValues(t, start+43, short.lost)
	require.Equal(t, 256, short.Len())
}

func TestTimelineDoesNotDecodeTooManyEntries(t *testing.T) {
	var e encode.Encoder
	e.Int(0)
	e.Uint(1000)
	d := encode.NewDecoder(e)
	new(Timeline).Decode(d, Port, 1)
	require.True(t, d.Failed())
}

func TestEntryIsOfFortyEightBytes(t *testing.T) {
	require.EqualValues(t, 48, unsafe.Sizeof(Entry{}))
}

func TestOnlyCountedPartsDistinguishEntries(t *testing.T) {
	full := Entry{Addr: [16]byte{15: 1}, Port: 2, Extra: 3}
	for _, c := range []struct {
		name    string
		counted Parts
		want    int // how many of four entries are different
	}{
		{"the port only", Port, 2},
		{"the address only", Addr, 2},
		{"the address and the port", Addr | Port, 3},
		{"everything", Addr | Port | Extra, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			otherPort, otherAddr, otherExtra := full, full, full
			otherPort.Port, otherAddr.Addr, otherExtra.Extra = 9, [16]byte{15: 9}, 9
			var line Timeline
			hashes := map[uint64]bool{}
			for _, e := range []Entry{full, otherPort, otherAddr, otherExtra} {
				e.Counted = c.counted
				line.Add(&e, 1000, 100)
				hashes[e.Hash()] = true
			}
			require.Equal(t, c.want, line.Len())
			require.Len(t, hashes, c.want)
		})
	}
}

func TestAnAcceptedFlowIsPreferred(t *testing.T) {
	rejected := Entry{T: 100, Port: 80, Addr: [16]byte{15: 1}, Counted: Port, Outcome: Rejected, Packets: 1}
	accepted := Entry{T: 100, Port: 80, Addr: [16]byte{15: 2}, Counted: Port, Outcome: Accepted, Packets: 2}
	for _, order := range [][]Entry{{rejected, accepted}, {accepted, rejected}} {
		for _, later := range []int64{-1, 0, 1} {
			var line Timeline
			line.Add(&order[0], 1000, 100)
			order[1].T = 100 + later
			line.Add(&order[1], 1000, 100)
			require.Equal(t, 1, line.Len())
			got := *line.first()
			require.Equal(t, max(100, 100+later), got.T)
			require.Equal(t, Accepted, got.Outcome)
			require.Equal(t, accepted.Addr, got.Addr, "the accepted flow's target")
			newest := order[1]
			if later < 0 {
				newest = order[0]
			}
			require.Equal(t, newest.Packets, got.Packets, "the size of the latest flow")
		}
	}
}

func TestSingleAgreesWithATimeline(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 2))
		keep, limit := 1+random.Int64N(30), 1+random.IntN(5)
		var line Timeline
		var single Single
		now := int64(1000)
		for range 40 {
			now += random.Int64N(20)
			e := Entry{
				T: now - random.Int64N(40), Port: uint16(random.IntN(2)), Packets: uint64(random.Uint32()), Bytes: uint64(random.Uint32()),
				Counted: Port, Outcome: Outcome(random.IntN(int(numOutcomes))),
			}
			e.Addr[15], e.Extra = byte(random.IntN(3)), uint16(random.IntN(3))
			if random.IntN(20) == 0 {
				e.Bytes = math.MaxUint32 + 1
			}
			line.Add(&e, keep, limit)
			fits := single.Add(&e, keep)
			same, ok := line.Single()
			require.Equal(t, fits, ok)
			if !fits {
				break
			}
			require.Equal(t, single, same)
			require.Equal(t, []Entry{single.Entry()}, slices.Collect(line.all()))
			require.Equal(t, line.Newest(), single.Newest())
			require.Equal(t, line.FullestWindow(e.T, 10), single.FullestWindow(e.T, 10))
			var long, brief encode.Encoder
			line.Encode(&long)
			single.Encode(&brief)
			require.Equal(t, long, brief)
			var decoded Timeline
			d := encode.NewDecoder(long)
			decoded.Decode(d, Port, limit)
			require.False(t, d.Failed() || d.More())
			require.Equal(t, slices.Collect(line.all()), slices.Collect(decoded.all()))
		}
	}
}

func TestSingleHoldsNumbersOf32Bits(t *testing.T) {
	most := Entry{T: math.MaxUint32, Packets: math.MaxUint32, Bytes: math.MaxUint32, Counted: Port}
	var single Single
	require.True(t, single.Add(&most, 10))
	require.Equal(t, most, single.Entry())
	for name, e := range map[string]Entry{
		"packets": {T: 1, Packets: math.MaxUint32 + 1, Counted: Port},
		"bytes":   {T: 1, Bytes: math.MaxUint32 + 1, Counted: Port},
		"time":    {T: math.MaxUint32 + 1, Counted: Port},
	} {
		var single Single
		require.False(t, single.Add(&e, 10), name)
		require.True(t, single.IsEmpty(), name)
	}
}

func TestAddAllocatesOnlyForANewValue(t *testing.T) {
	singles := make([]Single, 102)
	at, now := 0, int64(1000)
	entry := func(port uint16) Entry { return Entry{T: now, Port: port, Counted: Port} }
	require.Zero(t, testing.AllocsPerRun(100, func() {
		e := entry(1)
		require.True(t, singles[at].Add(&e, 100))
		at++
	}), "the first value of a key")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		now += 101
		e := entry(uint16(now))
		require.True(t, singles[0].Add(&e, 100))
	}), "a value that replaces an old one")

	var line Timeline
	for port := range uint16(200) {
		now++
		e := entry(1000 + port)
		line.Add(&e, 100, 150)
	}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		now += 10
		e := entry(uint16(now))
		line.Add(&e, 100, 150)
		line.Add(&e, 100, 150)
	}), "values that replace old ones")
}
