// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Episode is the current state of one alert: its latest content and the time at which it opened.
type Episode struct {
	alert.Alert
	// Opened is the earliest event time that was received for the episode.
	Opened time.Time `json:"opened"`
	// Updates counts the received alerts of the episode.
	Updates int `json:"updates"`
}

// episodeTable holds the episodes by uid, up to a limit. An Episode in it is immutable: an update replaces it.
type episodeTable struct {
	limit   int
	byUID   map[string]*Episode
	evicted uint64
	unsaved *unsaved
}

func newEpisodeTable(limit int, u *unsaved) *episodeTable {
	return &episodeTable{limit: limit, byUID: map[string]*Episode{}, unsaved: u}
}

// update adds an alert to its episode, and returns the episode before and after. The first is nil for a new episode.
// An alert that arrives late does not replace a later one.
func (t *episodeTable) update(a *alert.Alert) (previous, current *Episode) {
	current = &Episode{Alert: *a, Opened: time.Unix(a.Time, 0).UTC(), Updates: 1}
	current.FirstSeen, current.LastSeen = plausibleTime(a.FirstSeen), plausibleTime(a.LastSeen)
	t.unsaved.changeAlert(a.UID)
	previous = t.byUID[a.UID]
	if previous == nil {
		t.byUID[a.UID] = current
		t.evict()
		return nil, current
	}
	if precedes(&current.Alert, &previous.Alert) {
		current.Alert = previous.Alert
	}
	if previous.Opened.Before(current.Opened) {
		current.Opened = previous.Opened
	}
	current.Updates = previous.Updates + 1
	t.byUID[a.UID] = current
	return previous, current
}

// precedes reports whether alert a of an episode was emitted before alert b. The resolved alert is always the last,
// although its event time may be before the event time of an update.
func precedes(a, b *alert.Alert) bool {
	if aResolved, bResolved := a.Status == alert.Resolved, b.Status == alert.Resolved; aResolved != bResolved {
		return bResolved
	}
	return a.Time < b.Time
}

// maxTime is the last Unix second with a year of four digits, which JSON requires.
const maxTime = 253402300799

// plausibleTime returns t, or zero if t is no date in JSON.
func plausibleTime(t int64) int64 {
	if t < 0 || t > maxTime {
		return 0
	}
	return t
}

// evict deletes the oldest episodes beyond the limit: those in dry run first, then resolved ones. It deletes a few more than necessary, because finding
// the oldest requires a sort.
func (t *episodeTable) evict() {
	if len(t.byUID) <= t.limit {
		return
	}
	all := t.all()
	slices.SortFunc(all, func(a, b *Episode) int {
		return cmp.Or(cmp.Compare(evictionOrder(a), evictionOrder(b)), cmp.Compare(a.Time, b.Time), cmp.Compare(a.UID, b.UID))
	})
	for _, e := range all[:len(all)-t.limit+t.limit/16] {
		delete(t.byUID, e.UID)
		t.unsaved.changeAlert(e.UID)
		t.evicted++
	}
}

// evictionOrder returns a smaller number for an episode that is evicted earlier.
func evictionOrder(e *Episode) int {
	switch {
	case e.DryRun:
		return 0
	case e.Status == alert.Resolved:
		return 1
	default:
		return 2
	}
}

// get returns the episode with the given uid, and whether it is known.
func (t *episodeTable) get(uid string) (Episode, bool) {
	found := t.byUID[uid]
	if found == nil {
		return Episode{}, false
	}
	return *found, true
}

// all returns all episodes in no particular order.
func (t *episodeTable) all() []*Episode {
	all := make([]*Episode, 0, len(t.byUID))
	for _, e := range t.byUID {
		all = append(all, e)
	}
	return all
}

// severityIndex returns the position of a severity among the counts from low to critical. An unknown severity counts as
// the next higher one.
func severityIndex(severity alert.Severity) int {
	for i, known := range alert.Severities {
		if severity <= known {
			return i
		}
	}
	return len(alert.Severities) - 1
}
