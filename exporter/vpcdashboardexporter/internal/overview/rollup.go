// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

// tiers are stretches of time that get longer the further back they lie: minutes, ten minutes, hours and days. A flow is
// counted in one of them, and what a stretch has counted goes into a longer one as it grows old.
type tiers struct {
	limit   int // of keys
	names   interner
	evicted evictions
	tiers   [len(widths)]tier
}

// tier are the stretches of one width, by when they begin.
type tier struct {
	width int64
	from  int64 // before it are those of the next tier
	tops  map[int64]*tops
}

// widths are the lengths of stretches in each tier. Each is a multiple of the one before.
var widths = [...]int64{minute, 10 * minute, hour, day}

// reaches are how far each tier but the last reaches back at least: an hour in minutes, six in tens of minutes, 24 in
// hours, each and what is missing to a whole stretch of its own, so that no range that is asked for cuts one.
var reaches = [...]int64{hour, 6*hour + 10*minute, 25 * hour}

func newTiers(limit int) *tiers {
	t := &tiers{limit: limit, names: interner{}}
	for i, width := range widths {
		t.tiers[i] = tier{width: width, tops: map[int64]*tops{}}
	}
	return t
}

// advance moves stretches to the next tier that have become too old for theirs, and forgets what is before the oldest day.
func (t *tiers) advance(latest, oldest int64) {
	for i := range reaches {
		young, old := &t.tiers[i], &t.tiers[i+1]
		from := alignDown(latest-reaches[i], old.width)
		if from == young.from {
			continue
		}
		young.from = from
		for start, tops := range young.tops {
			if start < from {
				old.take(start, tops)
				delete(young.tops, start)
			}
		}
	}
	last := &t.tiers[len(t.tiers)-1]
	last.from = oldest
	for start := range last.tops {
		if start < oldest {
			delete(last.tops, start)
		}
	}
}

// of is the tier of a time.
func (t *tiers) of(time int64) *tier {
	for i := range t.tiers {
		if time >= t.tiers[i].from {
			return &t.tiers[i]
		}
	}
	return &t.tiers[len(t.tiers)-1]
}

// at gives the stretch of a time.
func (t *tiers) at(time int64) *tops {
	tier := t.of(time)
	start := alignDown(time, tier.width)
	found := tier.tops[start]
	if found == nil {
		found = newTops(t.limit, &t.evicted, t.names)
		tier.tops[start] = found
	}
	return found
}

// take adds a shorter stretch to the one that it is part of.
func (t *tier) take(start int64, part *tops) {
	start = alignDown(start, t.width)
	if whole := t.tops[start]; whole != nil {
		whole.merge(part)
	} else {
		t.tops[start] = part
	}
}
