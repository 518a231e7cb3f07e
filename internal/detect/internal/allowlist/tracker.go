// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package allowlist

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// Tracker knows all entries and reports when they expire. It is not safe for concurrent use.
type Tracker struct {
	permanent []Item
	names     map[string]bool
	pending   map[Expired]bool // entries with an expiry; false once they expired
	next      int64            // the earliest pending expiry in Unix seconds, or math.MaxInt64
	expired   []Expired
}

// Item is an entry with the name under which it is counted.
type Item struct {
	*Entry
	name string // the configured name, or else the position, such as ignore[3]
}

// Expired is an entry that no longer applies.
type Expired struct {
	// Name is the entry's name or its position in the configuration.
	Name string
	// Expires is the time from which the entry no longer applies.
	Expires configtype.Expiry
}

// NewTracker returns a Tracker without entries.
func NewTracker() *Tracker {
	return &Tracker{names: map[string]bool{}, pending: map[Expired]bool{}, next: math.MaxInt64}
}

// AddPermanent adds entries that Retain never drops. place is the name of the list in the configuration.
func (t *Tracker) AddPermanent(place string, entries []Entry) []Item {
	items := t.Add(place, entries)
	t.permanent = append(t.permanent, items...)
	return items
}

// Add adds entries. place is the name of the list, such as the path of a file.
func (t *Tracker) Add(place string, entries []Entry) []Item {
	items := make([]Item, len(entries))
	for i := range entries {
		item := Item{&entries[i], cmp.Or(entries[i].Name, fmt.Sprintf("%s[%d]", place, i))}
		items[i] = item
		t.names[item.name] = true
		if _, known := t.pending[item.expiry()]; !known && item.Expires != 0 {
			t.pending[item.expiry()] = true
			t.next = min(t.next, int64(item.Expires))
		}
	}
	return items
}

func (i Item) expiry() Expired { return Expired{i.name, i.Expires} }

// Retain forgets all entries except the permanent ones and the given items, so that files that keep changing do not fill
// the memory.
func (t *Tracker) Retain(items []Item) {
	names, expiries := map[string]bool{}, map[Expired]bool{}
	for _, item := range slices.Concat(t.permanent, items) {
		names[item.name], expiries[item.expiry()] = true, true
	}
	t.names = names
	maps.DeleteFunc(t.pending, func(e Expired, _ bool) bool { return !expiries[e] })
}

// Removed returns the number of flows that each entry removed, by its name. An entry that never matched has a zero.
func (t *Tracker) Removed(counts ...Counts) map[string]int64 {
	removed := make(map[string]int64, len(t.names))
	for name := range t.names {
		removed[name] = 0
		for _, c := range counts {
			removed[name] += c[name]
		}
	}
	return removed
}

// Advance sets the event time to now, in Unix seconds, and collects the entries that have expired.
func (t *Tracker) Advance(now int64) {
	if now < t.next {
		return
	}
	t.next = math.MaxInt64
	for expiry, isPending := range t.pending {
		switch {
		case !isPending:
		case now >= int64(expiry.Expires):
			t.pending[expiry] = false
			t.expired = append(t.expired, expiry)
		default:
			t.next = min(t.next, int64(expiry.Expires))
		}
	}
	slices.SortFunc(t.expired, func(x, y Expired) int {
		return cmp.Or(cmp.Compare(x.Expires, y.Expires), cmp.Compare(x.Name, y.Name))
	})
}

// TakeExpired returns the entries that expired since the last call. It returns each entry once.
func (t *Tracker) TakeExpired() []Expired {
	taken := t.expired
	t.expired = nil
	return taken
}
