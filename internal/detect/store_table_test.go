// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// memoryStore is a store in memory.
type memoryStore struct {
	values  map[string][]byte
	written int
}

func (s *memoryStore) get(key string) ([]byte, error) { return s.values[key], nil }

func (s *memoryStore) put(changes []Change) {
	for _, c := range changes {
		s.written += len(c.Value)
		if c.Value == nil {
			delete(s.values, c.Key)
		} else {
			s.values[c.Key] = c.Value
		}
	}
}

func (s *memoryStore) size() (bytes int) {
	for _, value := range s.values {
		bytes += len(value)
	}
	return bytes
}

func newNumbers(limit int) *changeLog[int] {
	return &changeLog[int]{
		key:    "numbers",
		table:  lru.New[int](limit),
		encode: func(e *encode.Encoder, v *int) { e.Int(int64(*v)) },
		decode: func(d *encode.Decoder, v *int) { *v = int(d.Int()) },
	}
}

// pairOf returns the key of the n-th pair of addresses.
func pairOf(n int) *lru.Key {
	k := &lru.Key{Scope: 1}
	k.Src[10], k.Src[11] = 0xff, 0xff
	binary.BigEndian.PutUint32(k.Src[12:], uint32(n))
	k.Dst = k.Src
	return k
}

// inOrder returns the values of a table, the least recently touched first.
func inOrder(t *lru.Table[int]) (list []int) {
	for n := t.Oldest(); n != 0; n = t.NewerThan(n) {
		key := t.Key(n)
		list = append(list, int(binary.BigEndian.Uint32(key.Src[12:])), *t.Value(n))
	}
	return list
}

func TestLoadRestoresKeysValuesAndTheOrderOfTouches(t *testing.T) {
	for _, c := range []struct{ limit, keys, batch int }{
		{1, 3, 2}, {2, 5, 3}, {7, 10, 4}, {100, 130, 20}, {5000, 4000, 100}, {5000, 40_000, 2000}, {40_000, 40_000, 3000},
	} {
		random := rand.New(rand.NewPCG(uint64(c.limit), uint64(c.keys)))
		store, j := &memoryStore{values: map[string][]byte{}}, newNumbers(c.limit)
		live, drafts := 0, 0
		for round := range 300 {
			for range random.IntN(c.batch) {
				value, created := j.table.Touch(pairOf(random.IntN(c.keys)))
				*value = random.IntN(1000)
				if created {
					j.newKeys = append(j.newKeys, j.table.Newest())
				}
			}
			switch random.IntN(10) {
			case 9: // the state is too large
				j.table.Evict(random.IntN(1 + j.table.Len()/4))
				bounded := keyed[int]{table: j.table, log: j}
				bounded.compact()
			case 0: // a save that fails
				j.save(nil)
				continue
			case 1, 2:
				store.put(j.saveNewKeys(nil))
				j.saved()
				continue
			}
			store.put(j.save(nil))
			j.saved()
			if j.layout.next.begun {
				drafts++
			} else {
				require.Zero(t, len(j.save(nil)), "no further changes") //nolint:testifylint // a failure would print all of them
			}
			live = max(live, 16*j.table.Len())
			require.LessOrEqual(t, store.size(), 3*live+2*smallLog+largeSegment, "round %d of %+v", round, c)
			if random.IntN(3) > 0 {
				continue
			}
			again := newNumbers(c.limit)
			require.NoError(t, again.load(store.get))
			require.Equal(t, inOrder(j.table), inOrder(again.table), "round %d of %+v", round, c)
			if random.IntN(4) == 0 {
				j = again
			}
		}
		if c.limit == 40_000 {
			require.NotZero(t, drafts, "a draft is written in pieces")
		}
	}
}

func TestSaveWritesInProportionToTheChanges(t *testing.T) {
	const keys = 200_000
	store, j := &memoryStore{values: map[string][]byte{}}, newNumbers(keys)
	save := func() int {
		store.written = 0
		store.put(j.save(nil))
		j.saved()
		return store.written
	}
	for n := range keys {
		j.table.Touch(pairOf(n))
	}
	require.Greater(t, save(), 10*keys)
	for save() != 0 { // until the snapshot is complete
		continue
	}
	for n := range 10 {
		j.table.Touch(pairOf(n * 1000))
	}
	require.Less(t, save(), 500)
	total := 0
	for n := range 100_000 {
		j.table.Touch(pairOf(n * 7 % keys))
		if n%100 == 99 {
			total += save()
		}
	}
	require.Less(t, total, 100_000*12*6, "including rewritten segments and a snapshot")
}

func TestLoadIntoASmallerTableKeepsTheNewestKeys(t *testing.T) {
	store, j := &memoryStore{values: map[string][]byte{}}, newNumbers(100)
	for n := range 100 {
		j.table.Touch(pairOf(n))
	}
	j.table.Touch(pairOf(5))
	store.put(j.save(nil))
	j.saved()
	smaller := newNumbers(3)
	require.NoError(t, smaller.load(store.get))
	require.Equal(t, []int{98, 0, 99, 0, 5, 0}, inOrder(smaller.table))
	require.Zero(t, smaller.table.Evicted)
	store.put(smaller.save(nil))
	smaller.saved()
	larger := newNumbers(100)
	require.NoError(t, larger.load(store.get))
	require.Equal(t, []int{98, 0, 99, 0, 5, 0}, inOrder(larger.table))
}

func TestNewKeysSurviveACrash(t *testing.T) {
	store, j := &memoryStore{values: map[string][]byte{}}, newNumbers(100)
	for n := range 3 {
		j.table.Touch(pairOf(n))
	}
	store.put(j.save(nil))
	j.saved()
	j.table.Touch(pairOf(0)) // this change is not saved
	j.table.Touch(pairOf(3))
	j.newKeys = append(j.newKeys, j.table.Newest())
	store.put(j.saveNewKeys(nil))
	j.saved()
	require.Empty(t, j.newKeys)
	crashed := newNumbers(100)
	require.NoError(t, crashed.load(store.get))
	require.Equal(t, []int{0, 0, 1, 0, 2, 0, 3, 0}, inOrder(crashed.table))
}

func TestLoadReturnsTheErrorOfTheStore(t *testing.T) {
	broken := errors.New("disk on fire")
	require.ErrorIs(t, newNumbers(1).load(func(string) ([]byte, error) { return nil, broken }), broken)
}

// BenchmarkFiveMillionPairs measures saving and loading as many pairs as new_internal_peer keeps by default.
func BenchmarkFiveMillionPairs(b *testing.B) {
	const pairs = 5_000_000
	cfg := DefaultConfig()
	engine := func() (*Engine, *firstSeen) {
		e, err := New(cfg, nil, nil)
		require.NoError(b, err)
		e.scopes.get("123456789012").watermark.newest = t0
		for _, r := range e.running {
			if f, ok := r.parts[0].(*firstSeen); ok && f.ID == newInternalPeer.ID {
				return e, f
			}
		}
		return nil, nil
	}
	store := &memoryStore{values: map[string][]byte{}}
	_, full := engine()
	for n := range pairs {
		last, _ := full.table.Touch(pairOf(n))
		*last = lastSeen(t0 + n/100)
		if n%100_000 == 0 {
			store.put(full.log.save(nil))
			full.log.saved()
		}
	}
	store.put(full.log.save(nil))
	full.log.saved()
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			before := heapInUse()
			e, f := engine()
			require.NoError(b, f.log.load(store.get))
			require.Equal(b, pairs, f.table.Len())
			b.ReportMetric(float64(heapInUse()-before)/(1<<20), "MiB")
			b.ReportMetric(float64(store.size())/(1<<20), "MiB-stored")
			require.NotNil(b, e)
		}
	})
	b.Run("save ten", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for range 10 {
				full.table.Touch(pairOf(n * 7919 % pairs))
				n++
			}
			store.put(full.log.save(nil))
			full.log.saved()
		}
	})
	b.Run("save ten thousand", func(b *testing.B) {
		n := 0
		for b.Loop() {
			for range 10_000 {
				full.table.Touch(pairOf(n * 7919 % pairs))
				n++
			}
			store.put(full.log.save(nil))
			full.log.saved()
		}
	})
}
