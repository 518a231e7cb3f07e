// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// ledger remembers by its uid each episode that a destination has been told of: whoever was told of the beginning is
// told of the end, and nobody of anything twice. Whoever calls holds the destination's lock, but for the two counts.
type ledger struct {
	episodes map[string]*episode
	max      int

	lasting atomic.Int64 // episodes that have not ended
	evicted atomic.Int64 // of those, how many had to be forgotten

	client storage.Client // nil without a storage
	dirty  map[string]bool
}

func newLedger(most int) *ledger {
	return &ledger{episodes: map[string]*episode{}, max: most, dirty: map[string]bool{}}
}

// pages is over how many values of the storage the episodes are spread. Of them only those are written anew whose
// episodes have changed.
const pages = 64

func pageOf(uid string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(uid)) // which never fails
	return fmt.Sprintf("episodes/%02d", h.Sum32()%pages)
}

func (l *ledger) put(uid string, e *episode) {
	if _, known := l.episodes[uid]; !known && len(l.episodes) >= l.max {
		l.evict()
	}
	l.set(uid, e)
}

// set puts an episode in the place of another, either of which may be none.
func (l *ledger) set(uid string, e *episode) {
	if old := l.episodes[uid]; old != nil && !old.Ended {
		l.lasting.Add(-1)
	}
	delete(l.episodes, uid)
	if e != nil {
		l.episodes[uid] = e
		if !e.Ended {
			l.lasting.Add(1)
		}
	}
	l.dirty[pageOf(uid)] = true
}

// evict forgets the episode that was told the longest ago, one that has ended if there is one.
func (l *ledger) evict() {
	var victim string
	for uid, e := range l.episodes {
		if old := l.episodes[victim]; old == nil || older(e, old) {
			victim = uid
		}
	}
	if !l.episodes[victim].Ended {
		l.evicted.Add(1) // of one that has ended nothing is missed
	}
	l.set(victim, nil)
}

func older(a, b *episode) bool {
	if a.Ended != b.Ended {
		return a.Ended
	}
	return a.ToldAt.Before(b.ToldAt)
}

// open returns the episodes that last, those told last first.
func (l *ledger) open(wanted func(*episode) bool) []*episode {
	var found []*episode
	for _, e := range l.episodes {
		if !e.Ended && wanted(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *episode) int {
		return cmp.Or(b.ToldAt.Compare(a.ToldAt), cmp.Compare(a.Alert.UID, b.Alert.UID))
	})
	return found
}

// silent returns the open episodes of which nothing has been heard for so long. Zero means forever.
func (l *ledger) silent(now time.Time, timeout time.Duration) []*episode {
	if timeout == 0 {
		return nil
	}
	return l.open(func(e *episode) bool { return now.Sub(e.HeardAt) >= timeout })
}

// load reads what an earlier run has saved.
func (l *ledger) load(ctx context.Context) error {
	for page := range pages {
		key := fmt.Sprintf("episodes/%02d", page)
		value, err := l.client.Get(ctx, key)
		if err != nil {
			return err
		}
		if len(value) == 0 {
			continue
		}
		var episodes map[string]*episode
		if err := json.Unmarshal(value, &episodes); err != nil {
			return fmt.Errorf("%s cannot be read: %w", key, err)
		}
		for uid, e := range episodes {
			if e != nil {
				l.put(uid, e)
			}
		}
	}
	clear(l.dirty)
	return nil
}

// save writes what has changed. What cannot be written is written with the next change.
func (l *ledger) save(ctx context.Context) error {
	if l.client == nil || len(l.dirty) == 0 {
		clear(l.dirty)
		return nil
	}
	changed := map[string]map[string]*episode{}
	for page := range l.dirty {
		changed[page] = map[string]*episode{}
	}
	for uid, e := range l.episodes {
		if page, ok := changed[pageOf(uid)]; ok {
			page[uid] = e
		}
	}
	var ops []*storage.Operation
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		value, err := json.Marshal(changed[key])
		if err != nil {
			return err
		}
		ops = append(ops, storage.SetOperation(key, value))
	}
	if err := l.client.Batch(ctx, ops...); err != nil {
		return err
	}
	clear(l.dirty)
	return nil
}
