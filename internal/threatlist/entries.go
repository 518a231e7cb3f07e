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

// Entries are the entries of a threat list.
type Entries struct {
	// Always are the prefixes without a period of validity.
	Always []netip.Prefix
	// Timed are the prefixes with one.
	Timed []TimedPrefix
	// Skipped are the invalid entries.
	Skipped Skipped
}

// TimedPrefix is a prefix that is valid from From (inclusive) until Until (exclusive). A zero time means no limit.
type TimedPrefix struct {
	netip.Prefix
	From, Until time.Time
}

// Len returns the number of entries, valid now or not.
func (e *Entries) Len() int { return len(e.Always) + len(e.Timed) }

// At returns the prefixes that are valid at a time, and the next time at which they change. The zero time means never.
func (e *Entries) At(now time.Time) (active []netip.Prefix, change time.Time) {
	if len(e.Timed) == 0 {
		return e.Always, time.Time{}
	}
	active = slices.Clone(e.Always)
	for _, entry := range e.Timed {
		begun, ended := !entry.From.After(now), !entry.Until.IsZero() && !entry.Until.After(now)
		switch {
		case ended:
			continue
		case begun:
			active = append(active, entry.Prefix)
			change = earlier(change, entry.Until)
		default:
			change = earlier(change, entry.From)
		}
	}
	return active, change
}

// earlier returns the earlier of two times. A zero time is later than all others.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.IsZero() {
		return cmp.Or(a, b)
	}
	if a.Before(b) {
		return a
	}
	return b
}

// add parses and adds an entry, or skips it if it is invalid.
func (e *Entries) add(value string, at position) {
	e.addTimed(value, time.Time{}, time.Time{}, at)
}

func (e *Entries) addTimed(value string, from, until time.Time, at position) {
	prefix, reason := parseEntry(value)
	switch {
	case reason != "":
		e.skip(value, reason, at)
	case from.IsZero() && until.IsZero():
		e.Always = append(e.Always, prefix)
	default:
		e.Timed = append(e.Timed, TimedPrefix{prefix, from, until})
	}
}

// position is the position of an entry: a line, counted from 1, or an element of a JSON array, counted from 0.
type position struct {
	list  string
	array string // empty for a line
	n     int
}

// skip records an invalid entry.
func (e *Entries) skip(value, reason string, at position) {
	err := &EntryError{List: at.list, Value: value[:min(len(value), maxEntry)], Reason: reason}
	if at.array == "" {
		err.Line = at.n
	} else {
		err.Element = fmt.Sprintf("%s[%d]", at.array, at.n)
	}
	e.Skipped.add(err)
}
