// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"container/list"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// lru is the slow model of a table: a list in order of touch.
type lru struct {
	limit   int
	order   *list.List // of key, newest first
	at      map[key]*list.Element
	values  map[key]int
	evicted int64
}

func newLRU(limit int) *lru {
	return &lru{limit: limit, order: list.New(), at: map[key]*list.Element{}, values: map[key]int{}}
}

func (m *lru) touch(k key) (created bool) {
	if at, ok := m.at[k]; ok {
		m.order.MoveToFront(at)
		return false
	}
	if m.order.Len() == m.limit {
		oldest := m.order.Remove(m.order.Back()).(key)
		delete(m.at, oldest)
		delete(m.values, oldest)
		m.evicted++
	}
	m.at[k] = m.order.PushFront(k)
	return true
}

func TestTableAgreesWithAListInOrderOfTouch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int{1, 2, 7, 100, 5000} {
		table, model := newTable[int](limit), newLRU(limit)
		for step := range 20_000 {
			k := key{scope: uint32(random.IntN(3)), port: uint16(random.IntN(2*limit + 1))}
			want, known := model.values[k]
			if got := table.get(&k); (got != nil) != known || known && *got != want {
				t.Fatalf("limit %d, step %d: got %v, want %d (%t)", limit, step, got, want, known)
			}
			value, created := table.touch(&k)
			if created == known || model.touch(k) != created {
				t.Fatalf("limit %d, step %d: created is %t", limit, step, created)
			}
			*value = step
			model.values[k] = step
			if table.len() != model.order.Len() || table.evicted != model.evicted {
				t.Fatalf("limit %d, step %d: %d keys, %d evicted", limit, step, table.len(), table.evicted)
			}
		}
	}
}

func TestTable(t *testing.T) {
	keyOf := func(port uint16) *key { return &key{port: port} }

	t.Run("the value of an evicted key is handed to dropped", func(t *testing.T) {
		var dropped []int
		table := newTable[int](2)
		table.dropped = func(v *int) { dropped = append(dropped, *v) }
		for port := range uint16(4) {
			value, _ := table.touch(keyOf(port))
			*value = int(port)
		}
		require.Equal(t, []int{0, 1}, dropped)
	})

	t.Run("a stale key leaves without being counted as evicted", func(t *testing.T) {
		table := newTable[int](10)
		table.stale = func(_ *key, v *int) bool { return *v == 0 }
		for port := range uint16(5) {
			table.touch(keyOf(port))
		}
		require.Equal(t, 1, table.len())
		require.Zero(t, table.evicted)
	})

	t.Run("a stale key behind one that is not stays", func(t *testing.T) {
		table := newTable[int](10)
		table.stale = func(_ *key, v *int) bool { return *v == 0 }
		value, _ := table.touch(keyOf(1))
		*value = 1
		table.touch(keyOf(2))
		table.touch(keyOf(3))
		require.Equal(t, 3, table.len())
	})

	t.Run("a looked-up key is not touched", func(t *testing.T) {
		table := newTable[int](2)
		table.touch(keyOf(1))
		table.touch(keyOf(2))
		table.get(keyOf(1))
		table.touch(keyOf(3))
		require.Nil(t, table.get(keyOf(1)))
	})
}

func TestTableHoldsItsPromiseOfMemory(t *testing.T) {
	const pairs = 1 << 20
	table := newTable[lastSeen](pairs)
	before := heapAlive()
	for n := range uint32(pairs) {
		table.touch(&key{scope: n})
	}
	perPair := float64(heapAlive()-before) / pairs
	t.Logf("%.1f bytes a pair", perPair)
	require.LessOrEqual(t, perPair, 64.0)
	require.Equal(t, pairs, table.len())
}
