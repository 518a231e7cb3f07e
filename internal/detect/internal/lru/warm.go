// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package lru

// WarmKeys is the largest number of keys that Warm loads at once.
const WarmKeys = 128

// Warm loads into the cache what touching these keys will read, at most WarmKeys of them. In a large
// table, nearly every step of a Touch waits for memory. Here the processor loads each step of all keys at the same time.
func (t *Table[V]) Warm(keys []*Lookup) {
	var entries [WarmKeys]*entry[V]
	var loaded uint32 // keeps the compiler from dropping the loads
	keys = keys[:min(len(keys), WarmKeys)]
	for _, l := range keys {
		loaded += t.index[t.home(l.hash)].entry()
	}
	n := 0
	for _, l := range keys {
		if e := t.candidate(l.hash); e != nil {
			entries[n] = e
			n++
		}
	}
	for _, e := range entries[:n] {
		loaded += e.older
	}
	for _, e := range entries[:n] {
		if e.older != 0 {
			loaded += t.at(e.older).newer
		}
		if e.newer != 0 {
			loaded += t.at(e.newer).older
		}
	}
	t.loaded = loaded
}

// candidate returns the first entry whose slot matches the hash, or nil. It does not read the entry.
func (t *Table[V]) candidate(hash uint64) *entry[V] {
	for i := t.home(hash); t.index[i] != 0; i = t.after(i) {
		if t.index[i].matches(hash) {
			return t.at(t.index[i].entry())
		}
	}
	return nil
}
