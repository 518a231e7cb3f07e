// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// budget bounds the memory of all state. Each member has a share that the others cannot take: if the state is too large, the
// member that exceeds its share the most evicts its least recently touched keys.
type budget struct {
	limit   int64 // in bytes; zero means none
	members []*member
	// isReached means that the state was too large. Members that evicted keys do not grow until there is space again.
	isReached bool
	unchecked int // events since the last check
}

// member is a rule, or another table, with a part in each shard.
type member struct {
	name   string
	weight int64 // the share, relative to others
	parts  []bounded
}

// bounded is a part of a member.
type bounded interface {
	// memory returns its memory in bytes.
	memory() int64
	// shrink evicts a part of the keys, or frees the memory of keys that were dropped. The number of keys does not grow
	// until restore. It returns false if nothing is left to evict.
	shrink() bool
	// grow allows the configured number of keys again.
	grow()
}

// The weights of the members. Evicted keys of first-seen rules cause false alerts, so these rules have large shares.
const (
	weightOfRule      = 1
	weightOfFirstSeen = 8
	weightOfInventory = 4
	// Without what came back, answered traffic looks like a flood.
	weightOfReturned = 4
)

// checkInterval is the number of events after which the budget is checked.
const checkInterval = 256

func (m *member) memory() (bytes int64) {
	for _, part := range m.parts {
		bytes += part.memory()
	}
	return bytes
}

func (b *budget) add(name string, weight int64, parts ...bounded) {
	b.members = append(b.members, &member{name, weight, parts})
}

func (b *budget) memory() (bytes int64) {
	for _, m := range b.members {
		bytes += m.memory()
	}
	return bytes
}

// observed notes that a number of events was evaluated, and checks the state now and then.
func (b *budget) observed(events int) {
	if b.unchecked += events; b.unchecked >= checkInterval {
		b.check()
	}
}

// check evicts keys while the state is too large.
func (b *budget) check() {
	b.unchecked = 0
	if b.limit == 0 {
		return
	}
	bytes := b.memory()
	if b.isReached && bytes < b.limit/4*3 {
		b.isReached = false
		for _, m := range b.members {
			for _, part := range m.parts {
				part.grow()
			}
		}
	}
	for bytes > b.limit && b.shrink() {
		b.isReached = true
		bytes = b.memory()
	}
}

// shrink shrinks the member that exceeds its share the most. It returns false if it has no keys.
func (b *budget) shrink() (shrunk bool) {
	most := b.members[0]
	for _, m := range b.members[1:] {
		if m.memory()*most.weight > most.memory()*m.weight {
			most = m
		}
	}
	for _, part := range most.parts {
		shrunk = part.shrink() || shrunk
	}
	return shrunk
}

// weight returns the share of a rule.
func (r *runningRule) weight() int64 {
	if _, ok := r.parts[0].(*firstSeen); ok {
		return weightOfFirstSeen
	}
	return weightOfRule
}

// bounded returns the parts of a rule.
func (r *runningRule) bounded() (list []bounded) {
	for _, part := range r.parts {
		list = append(list, part)
	}
	return list
}

// memory implements bounded.
func (k *keyed[V]) memory() int64 {
	bytes := k.table.Bytes()
	if k.heap != nil {
		bytes += k.heap()
	}
	return bytes
}

// evictedShare is the part of the keys that shrink evicts at once: evicting more would lose more than necessary, evicting
// fewer would take more checks.
const evictedShare = 16

// shrink implements bounded.
func (k *keyed[V]) shrink() bool {
	t := k.table
	if t.Len() == 0 {
		return false
	}
	if !t.IsSparse() {
		before := t.Evicted
		t.Evict(1 + t.Len()/evictedShare)
		k.log.shrunk += t.Evicted - before
	}
	t.Limit(max(1, t.Len()))
	if t.IsSparse() {
		k.compact()
	}
	return true
}

// grow implements bounded.
func (k *keyed[V]) grow() { k.table.Limit(k.limit) }

// compact frees the memory of dropped keys.
func (k *keyed[V]) compact() {
	numbers := make(map[uint32]uint32, len(k.log.newKeys))
	for _, n := range k.log.newKeys {
		numbers[n] = 0
	}
	k.table.Compact(func(from, to uint32) {
		if k.moved != nil {
			k.moved(from, to, k.table.Value(to))
		}
		if _, isNew := numbers[from]; isNew {
			numbers[from] = to
		}
	})
	if k.compacted != nil {
		k.compacted()
	}
	k.log.renumber(numbers)
}
