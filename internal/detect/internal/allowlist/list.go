// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// allowed is an entry of an allowlist at work.
type allowed struct {
	*Ignore
	name string // the user's, or else where the entry stands, such as ignore[3]
}

// IgnoreFile is an allowlist for all rules that stands in a file.
type IgnoreFile struct {
	// Path is how the file is called in metrics, for entries without a name.
	Path    string
	Entries []Ignore
}

// SetIgnoreFiles has the entries of files removed from all rules, beside those of the configuration, from the next flow
// on. They take the place of those of the last call. Like Observe, it is called by one at a time.
func (e *Engine) SetIgnoreFiles(files []IgnoreFile) {
	e.ignoreFiles = nil
	for _, file := range files {
		e.ignoreFiles = append(e.ignoreFiles, e.allow.add(file.Path, file.Entries)...)
	}
	e.allow.forget(e.ignoreFiles)
}

// Expired is an entry of an allowlist whose day has come.
type Expired struct {
	// Name is the entry's, or else where it stands.
	Name string
	// Expires is the day from which the entry is void.
	Expires Date
}

// TakeExpired returns the entries that have become void by event time since the last call. Each comes once.
func (e *Engine) TakeExpired() []Expired {
	taken := e.allow.expired
	e.allow.expired = nil
	return taken
}

// allowlists counts what entries do, and sees when they become void.
type allowlists struct {
	fixed   []allowed        // the entries of the configuration, which stay
	hits    map[string]int64 // by the names of all entries that there are
	pending map[Expired]bool // the ends of all entries that have one; false once it has been told
	next    int64            // the earliest that has not, math.MaxInt64 for none
	expired []Expired
}

func newAllowlists() allowlists {
	return allowlists{hits: map[string]int64{}, pending: map[Expired]bool{}, next: math.MaxInt64}
}

// add puts entries to work that stand at a place.
func (a *allowlists) add(place string, entries []Ignore) []allowed {
	list := make([]allowed, len(entries))
	for i := range entries {
		entry := allowed{&entries[i], cmp.Or(entries[i].Name, fmt.Sprintf("%s[%d]", place, i))}
		list[i] = entry
		a.hits[entry.name] += 0 // an entry that does nothing is seen, too
		if _, known := a.pending[entry.end()]; !known && entry.Expires != 0 {
			a.pending[entry.end()] = true
			a.next = min(a.next, int64(entry.Expires))
		}
	}
	return list
}

func (a allowed) end() Expired { return Expired{a.name, a.Expires} }

// addFixed is add for entries that stay.
func (a *allowlists) addFixed(place string, entries []Ignore) []allowed {
	list := a.add(place, entries)
	a.fixed = append(a.fixed, list...)
	return list
}

// forget lets go of all but the fixed entries and those given, so that files that change for ever leave nothing behind.
func (a *allowlists) forget(but []allowed) {
	names, ends := map[string]bool{}, map[Expired]bool{}
	for _, entry := range slices.Concat(a.fixed, but) {
		names[entry.name], ends[entry.end()] = true, true
	}
	maps.DeleteFunc(a.hits, func(name string, _ int64) bool { return !names[name] })
	maps.DeleteFunc(a.pending, func(end Expired, _ bool) bool { return !ends[end] })
}

// pass notes that event time has come so far.
func (a *allowlists) pass(t int64) {
	if t < a.next {
		return
	}
	a.next = math.MaxInt64
	for end, waits := range a.pending {
		switch {
		case !waits:
		case t >= int64(end.Expires):
			a.pending[end] = false
			a.expired = append(a.expired, end)
		default:
			a.next = min(a.next, int64(end.Expires))
		}
	}
	slices.SortFunc(a.expired, func(x, y Expired) int {
		return cmp.Or(cmp.Compare(x.Expires, y.Expires), cmp.Compare(x.Name, y.Name))
	})
}
