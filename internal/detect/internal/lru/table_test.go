// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

import (
	"container/list"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// model is a slow table: a list in the order of the last touch.
type model struct {
	limit   int
	order   *list.List // of Key, newest first
	at      map[Key]*list.Element
	values  map[Key]int
	evicted int64
}

func newModel(limit int) *model {
	return &model{limit: limit, order: list.New(), at: map[Key]*list.Element{}, values: map[Key]int{}}
}

func (m *model) touch(k Key) (created bool) {
	if at, ok := m.at[k]; ok {
		m.order.MoveToFront(at)
		return false
	}
	if m.order.Len() == m.limit {
		oldest := m.order.Remove(m.order.Back()).(Key)
		delete(m.at, oldest)
		delete(m.values, oldest)
		m.evicted++
	}
	m.at[k] = m.order.PushFront(k)
	return true
}

// randomKey returns one of n keys for each combination of kinds of addresses and of scopes.
func randomKey(random *rand.Rand, n int) (k Key) {
	k.Scope, k.Country = uint32(random.IntN(2)), [2]byte{'S', byte('A' + random.IntN(2))}
	for _, address := range []*[16]byte{&k.Src, &k.Dst} {
		switch random.IntN(3) {
		case 1:
			address[10], address[11] = 0xff, 0xff
			fallthrough
		case 2:
			address[15] = byte(random.IntN(2))
		}
	}
	if n >= 100 {
		k.Port = uint16(random.IntN(n / 50))
	}
	return k
}

func TestTableAgreesWithAListInOrderOfTouch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int{1, 2, 7, 100, 5000} {
		table, slow := New[int](limit), newModel(limit)
		for step := range 20_000 {
			k := randomKey(random, 2*limit+1)
			want, known := slow.values[k]
			if got := table.Get(&k); (got != nil) != known || known && *got != want {
				t.Fatalf("limit %d, step %d: got %v, want %d (%t)", limit, step, got, want, known)
			}
			var l, other Lookup
			l.Set(&k)
			other.Set(&Key{Port: uint16(random.Uint32())})
			table.Warm([]*Lookup{&l, &other})
			value, created := table.Touch(&k)
			if created == known || slow.touch(k) != created {
				t.Fatalf("limit %d, step %d: created is %t", limit, step, created)
			}
			*value = step
			slow.values[k] = step
			if table.Len() != slow.order.Len() || table.Evicted != slow.evicted {
				t.Fatalf("limit %d, step %d: %d keys, %d evicted", limit, step, table.Len(), table.Evicted)
			}
			if random.IntN(500) == 0 {
				compact(t, table)
			}
			if newest := table.Newest(); table.Key(newest) != k || *table.Value(newest) != step {
				t.Fatalf("limit %d, step %d: the newest key is %v, want %v", limit, step, table.Key(newest), k)
			}
		}
	}
}

// compact compacts a table and checks that its keys, values, order and marks stay the same.
func compact(t *testing.T, table *Table[int]) {
	t.Helper()
	type entry struct {
		Key
		value int
		marks [3]bool
	}
	inOrder := func() (list []entry) {
		for n := table.Oldest(); n != 0; n = table.NewerThan(n) {
			e := entry{Key: table.Key(n), value: *table.Value(n)}
			for i, mark := range table.Marks {
				e.marks[i] = mark == n
			}
			list = append(list, e)
		}
		return list
	}
	table.Marks[1] = table.NewerThan(table.Oldest())
	want, values := inOrder(), map[uint32]int{}
	for n := table.Oldest(); n != 0; n = table.NewerThan(n) {
		values[n] = *table.Value(n)
	}
	table.Compact(func(from, to uint32) {
		require.Equal(t, values[from], *table.Value(to))
		delete(values, from)
	})
	require.Empty(t, values)
	require.Equal(t, want, inOrder())
	require.False(t, table.IsSparse())
}

func TestCompactFreesTheMemoryOfEvictedKeys(t *testing.T) {
	table := New[[100]byte](100_000)
	before := heapInUse()
	for n := range uint32(100_000) {
		k := Key{Scope: n}
		k.Src[0] = 0x20 // an IPv6 address
		table.Touch(&k)
	}
	full := table.Bytes()
	require.InEpsilon(t, heapInUse()-before, full, 0.1)
	table.Evict(90_000)
	require.EqualValues(t, 90_000, table.Evicted)
	require.Equal(t, full, table.Bytes(), "dropped entries are kept for new keys")
	require.True(t, table.IsSparse())
	table.Compact(func(uint32, uint32) {})
	require.InEpsilon(t, full/10, table.Bytes(), 0.15)
	require.InEpsilon(t, heapInUse()-before, table.Bytes(), 0.15)
	require.Equal(t, 10_000, table.Len())
}

func TestTable(t *testing.T) {
	keyOf := func(port uint16) *Key { return &Key{Port: port} }

	t.Run("Dropped gets the value of an evicted key", func(t *testing.T) {
		var dropped []int
		table := New[int](2)
		table.Dropped = func(_ uint32, v *int) { dropped = append(dropped, *v) }
		for port := range uint16(4) {
			value, _ := table.Touch(keyOf(port))
			*value = int(port)
		}
		require.Equal(t, []int{0, 1}, dropped)
	})

	t.Run("a stale key is dropped without being counted as evicted", func(t *testing.T) {
		table := New[int](10)
		table.Stale = func(_ uint32, v *int) bool { return *v == 0 }
		for port := range uint16(5) {
			table.Touch(keyOf(port))
		}
		require.Equal(t, 1, table.Len())
		require.Zero(t, table.Evicted)
	})

	t.Run("a stale key stays while an older key is not stale", func(t *testing.T) {
		table := New[int](10)
		table.Stale = func(_ uint32, v *int) bool { return *v == 0 }
		value, _ := table.Touch(keyOf(1))
		*value = 1
		table.Touch(keyOf(2))
		table.Touch(keyOf(3))
		require.Equal(t, 3, table.Len())
	})

	t.Run("Get does not touch the key", func(t *testing.T) {
		table := New[int](2)
		table.Touch(keyOf(1))
		table.Touch(keyOf(2))
		table.Get(keyOf(1))
		table.Touch(keyOf(3))
		require.Nil(t, table.Get(keyOf(1)))
	})
}

// heapInUse returns the size of all live objects in bytes.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestTableTakesAtMost64BytesPerPair(t *testing.T) {
	const pairs = 1 << 20
	table := New[uint32](pairs)
	before := heapInUse()
	for n := range uint32(pairs) {
		table.Touch(&Key{Scope: n})
	}
	perPair := float64(heapInUse()-before) / pairs
	t.Logf("%.1f bytes a pair", perPair)
	require.LessOrEqual(t, perPair, 64.0)
	require.Equal(t, pairs, table.Len())
}
