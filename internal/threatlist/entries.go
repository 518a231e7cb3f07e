// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Entries is what the text of a threat list holds.
type Entries struct {
	// Always are the prefixes that are listed whatever the time is.
	Always []netip.Prefix
	// Timed are those that say from when, or until when, they are listed.
	Timed []TimedPrefix
	// Skipped says what was passed over.
	Skipped Skipped
}

// TimedPrefix is listed from From on, and before Until. A zero time is no bound.
type TimedPrefix struct {
	netip.Prefix
	From, Until time.Time
}

// Len returns how many entries there are, whether listed now or not.
func (e *Entries) Len() int { return len(e.Always) + len(e.Timed) }

// At returns the prefixes that are listed at a time, and when that changes; never is the zero time.
func (e *Entries) At(now time.Time) (listed []netip.Prefix, change time.Time) {
	if len(e.Timed) == 0 {
		return e.Always, time.Time{}
	}
	listed = slices.Clone(e.Always)
	for _, entry := range e.Timed {
		begun, over := !entry.From.After(now), !entry.Until.IsZero() && !entry.Until.After(now)
		switch {
		case over:
			continue
		case begun:
			listed = append(listed, entry.Prefix)
			change = earlier(change, entry.Until)
		default:
			change = earlier(change, entry.From)
		}
	}
	return listed, change
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.IsZero() {
		return cmp.Or(a, b)
	}
	if a.Before(b) {
		return a
	}
	return b
}

// add takes a value that stands at a place, or refuses it.
func (e *Entries) add(value string, at place) {
	e.addTimed(value, time.Time{}, time.Time{}, at)
}

func (e *Entries) addTimed(value string, from, until time.Time, at place) {
	prefix, reason := parseEntry(value)
	switch {
	case reason != "":
		e.refuse(value, reason, at)
	case from.IsZero() && until.IsZero():
		e.Always = append(e.Always, prefix)
	default:
		e.Timed = append(e.Timed, TimedPrefix{prefix, from, until})
	}
}

// place is where an entry stands: a line, the first being 1, or an element of a JSON array, the first being 0.
type place struct {
	list  string
	array string // empty for a line
	n     int
}

func (e *Entries) refuse(value, reason string, at place) {
	err := &EntryError{List: at.list, Value: value[:min(len(value), maxEntry)], Reason: reason}
	if at.array == "" {
		err.Line = at.n
	} else {
		err.Place = fmt.Sprintf("%s[%d]", at.array, at.n)
	}
	e.Skipped.add(err)
}
