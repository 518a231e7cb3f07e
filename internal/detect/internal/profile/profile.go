// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math/bits"
	"slices"
)

// peaks keeps the highest measure that each key of a rule has had, apart from what the rule itself remembers and
// forgets. A key beyond the bound is folded: it stays in the distribution, at the lower edge of a step that is an eighth
// of its power of two, and among the highest if it is one of them. Should it come again, it counts as another key.
type peaks struct {
	table  *table[peak]
	folded [64 << stepBits]int64
	top    []ranked
}

// peak is a measure. It tells a key that had none from one with the measure 0.
type peak struct {
	value int64
	known bool
}

// ranked is a key with its peak.
type ranked struct {
	key  key
	peak int64
}

// maxTop is how many of the highest are told.
const maxTop = 10

// stepBits is how many bits of a number, after its highest, tell steps apart.
const stepBits = 3

func newPeaks(limit int) *peaks {
	p := &peaks{table: newTable[peak](limit)}
	// What leaves is the least recently touched one, which has an entry until then.
	p.table.dropped = func(gone *peak) {
		p.folded[step(gone.value)]++
		p.top = rank(p.top, ranked{p.table.at(p.table.oldest).key, gone.value})
	}
	return p
}

// raise has the peak of a key be at least what measure tells, which is asked only where it may be more: it is never
// above most.
func (p *peaks) raise(k *key, most int64, measure func() int64) {
	at, _ := p.table.touch(k)
	if !at.known || most > at.value {
		at.value, at.known = max(at.value, measure()), true
	}
}

// step numbers the step of a measure that is not negative.
func step(measure int64) int {
	length := bits.Len64(uint64(measure))
	if length <= stepBits {
		return int(measure)
	}
	shift := length - stepBits - 1
	return (shift+1)<<stepBits + int(measure>>shift)&(1<<stepBits-1)
}

// lowest is the least measure of a step.
func lowest(step int) int64 {
	if step < 1<<stepBits {
		return int64(step)
	}
	shift := step>>stepBits - 1
	return int64(1<<stepBits+step&(1<<stepBits-1)) << shift
}

// rank puts a key among the highest, if it is one. Of equals the one that came first stays before.
func rank(top []ranked, r ranked) []ranked {
	at := len(top)
	for at > 0 && top[at-1].peak < r.peak {
		at--
	}
	if at == maxTop {
		return top
	}
	top = slices.Insert(top, at, r)
	return top[:min(len(top), maxTop)]
}

// distribution is how many keys have had a measure, in order of the measure.
type distribution []struct{ measure, keys int64 }

// distribution also gives the highest, and how many keys there are, of which so many are folded.
func (p *peaks) distribution() (d distribution, top []ranked, keys, folded int64) {
	counts := map[int64]int64{}
	for step, n := range p.folded {
		if n > 0 {
			counts[lowest(step)] += n
			folded += n
		}
	}
	top = slices.Clone(p.top)
	for n := p.table.oldest; n != 0; n = p.table.newerThan(n) {
		e := p.table.at(n)
		counts[e.value.value]++
		top = rank(top, ranked{e.key, e.value.value})
	}
	for measure, n := range counts {
		d = append(d, struct{ measure, keys int64 }{measure, n})
		keys += n
	}
	slices.SortFunc(d, func(a, b struct{ measure, keys int64 }) int { return int(min(max(a.measure-b.measure, -1), 1)) })
	return d, top, keys, folded
}

// percentile is the least measure that so many of a hundred keys do not exceed.
func (d distribution) percentile(p, keys int64) int64 {
	rank := (keys*p + 99) / 100
	for _, at := range d {
		if rank -= at.keys; rank <= 0 {
			return at.measure
		}
	}
	return 0
}

// from counts the keys that have had a measure at least.
func (d distribution) from(measure int64) (keys int64) {
	for _, at := range slices.Backward(d) {
		if at.measure < measure {
			break
		}
		keys += at.keys
	}
	return keys
}
