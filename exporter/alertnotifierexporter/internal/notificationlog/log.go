// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package notificationlog records the notifications that one destination has received. With it, a destination receives
// no notification twice, and receives the end of every episode whose beginning it has received.
package notificationlog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
)

// Log holds a bounded number of episodes by UID. It is not safe for concurrent use, except for OpenEpisodes and
// EvictedEpisodes.
type Log struct {
	episodes map[string]*episode.Episode
	max      int

	open    atomic.Int64
	evicted atomic.Int64

	client storage.Client  // nil without a storage
	dirty  map[string]bool // storage keys whose episodes have changed since the last save
}

// New returns an empty log of at most maxEpisodes episodes.
func New(maxEpisodes int) *Log {
	return &Log{episodes: map[string]*episode.Episode{}, max: maxEpisodes, dirty: map[string]bool{}}
}

// OpenEpisodes returns the number of episodes that have not ended. It is safe for concurrent use.
func (l *Log) OpenEpisodes() int64 { return l.open.Load() }

// EvictedEpisodes returns how many open episodes have been evicted. It is safe for concurrent use.
func (l *Log) EvictedEpisodes() int64 { return l.evicted.Load() }

// Get returns the episode with the given UID, or nil.
func (l *Log) Get(uid string) *episode.Episode { return l.episodes[uid] }

// Put adds or replaces an episode. If the log is full, it evicts the episode with the oldest notification, ended
// episodes first.
func (l *Log) Put(uid string, e *episode.Episode) {
	if _, known := l.episodes[uid]; !known && len(l.episodes) >= l.max {
		l.evict()
	}
	l.remove(uid)
	l.episodes[uid] = e
	if !e.Ended {
		l.open.Add(1)
	}
}

// Open returns the open episodes that the filter accepts, those with the latest notification first.
func (l *Log) Open(filter func(*episode.Episode) bool) []*episode.Episode {
	var found []*episode.Episode
	for _, e := range l.episodes {
		if !e.Ended && filter(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *episode.Episode) int {
		return cmp.Or(b.NotifiedAt.Compare(a.NotifiedAt), cmp.Compare(a.Alert.UID, b.Alert.UID))
	})
	return found
}

// TimedOut returns the open episodes without an alert for the duration of the timeout. A timeout of zero means never.
func (l *Log) TimedOut(now time.Time, timeout time.Duration) []*episode.Episode {
	if timeout == 0 {
		return nil
	}
	return l.Open(func(e *episode.Episode) bool { return now.Sub(e.ReceivedAt) >= timeout })
}

// Load reads the episodes that an earlier run has saved, and keeps the client for Save. The client may be nil.
func (l *Log) Load(ctx context.Context, client storage.Client) error {
	if client == nil {
		return nil
	}
	l.client = client
	for page := range pages {
		key := pageKey(page)
		value, err := client.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		if len(value) == 0 {
			continue
		}
		var episodes map[string]*episode.Episode
		if err := json.Unmarshal(value, &episodes); err != nil {
			return fmt.Errorf("decode %s: %w", key, err)
		}
		for uid, e := range episodes {
			if e != nil {
				l.Put(uid, e)
			}
		}
	}
	clear(l.dirty)
	return nil
}

// Save writes the episodes that have changed. After an error, the next call writes them too.
func (l *Log) Save(ctx context.Context) error {
	if l.client == nil || len(l.dirty) == 0 {
		clear(l.dirty)
		return nil
	}
	changed := map[string]map[string]*episode.Episode{}
	for key := range l.dirty {
		changed[key] = map[string]*episode.Episode{}
	}
	for uid, e := range l.episodes {
		if page, ok := changed[pageKeyOf(uid)]; ok {
			page[uid] = e
		}
	}
	var operations []*storage.Operation
	for _, key := range slices.Sorted(maps.Keys(changed)) {
		value, err := json.Marshal(changed[key])
		if err != nil {
			return fmt.Errorf("encode %s: %w", key, err)
		}
		operations = append(operations, storage.SetOperation(key, value))
	}
	if err := l.client.Batch(ctx, operations...); err != nil {
		return fmt.Errorf("save notification log: %w", err)
	}
	clear(l.dirty)
	return nil
}

func (l *Log) evict() {
	var oldest string
	for uid, e := range l.episodes {
		if other := l.episodes[oldest]; other == nil || evictBefore(e, other) {
			oldest = uid
		}
	}
	if !l.episodes[oldest].Ended {
		l.evicted.Add(1) // the eviction of an ended episode loses no notification
	}
	l.remove(oldest)
}

func evictBefore(a, b *episode.Episode) bool {
	if a.Ended != b.Ended {
		return a.Ended
	}
	return a.NotifiedAt.Before(b.NotifiedAt)
}

func (l *Log) remove(uid string) {
	if old := l.episodes[uid]; old != nil && !old.Ended {
		l.open.Add(-1)
	}
	delete(l.episodes, uid)
	l.dirty[pageKeyOf(uid)] = true
}
