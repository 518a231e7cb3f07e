// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/topk"
)

// Change is a value to store under a key. A nil value deletes the key.
type Change struct {
	Key   string
	Value []byte
}

// The keys of the stored state. Values are encoded with gob. The contents value lists the keys of all others.
const (
	contentsKey = "contents"
	dayKey      = "day/%d"       // the minutes of the day that starts at this Unix second
	bucketKey   = "bucket/%d/%d" // the heaviest keys of an interval, by its width and its start in seconds
	alertsKey   = "alerts/%02x"  // the episodes whose uid has this hash
)

// contents is the value that lists what is stored, with the values that are small.
type contents struct {
	Latest, Earliest int64
	Health           Health
	// From is the start of each level of intervals, Buckets their starts.
	From    [len(levelWidths)]int64
	Buckets [len(levelWidths)][]int64
	Days    []int64
}

// savedBin is a minute that has traffic or alerts.
type savedBin struct {
	Minute int
	Bin    bin
}

// savedBucket is the stored form of a bucket.
type savedBucket struct {
	Sources, Destinations                                       topk.State[netip.Addr]
	Ports                                                       topk.State[uint16]
	Protocols                                                   topk.State[uint8]
	Interfaces, Accounts, SourceCountries, DestinationCountries topk.State[string]
	SubnetPairs                                                 topk.State[subnetPair]
}

// alertSlots is the number of values in which the episodes are stored.
const alertSlots = 256

func slotOf(uid string) uint8 { return uint8(xxhash.Sum64String(uid)) }

// unsaved is what has changed since the last save. A nil one keeps nothing.
type unsaved struct {
	days    map[int64]bool
	lastDay int64 // many changes are on the same day
	buckets map[interval]bool
	alerts  [alertSlots]bool
}

// interval is a bucket by its width and its start.
type interval struct{ width, start int64 }

func newUnsaved() *unsaved { return &unsaved{days: map[int64]bool{}, buckets: map[interval]bool{}} }

func (u *unsaved) changeDay(start int64) {
	if u != nil && (start != u.lastDay || len(u.days) == 0) {
		u.days[start], u.lastDay = true, start
	}
}

func (u *unsaved) removeBucket(width, start int64) {
	if u != nil {
		u.buckets[interval{width, start}] = true
	}
}

func (u *unsaved) changeAlert(uid string) {
	if u != nil {
		u.alerts[slotOf(uid)] = true
	}
}

// take returns the changes, and forgets them.
func (u *unsaved) take() *unsaved {
	taken := *u
	*u = *newUnsaved()
	return &taken
}

// add adds changes that could not be saved.
func (u *unsaved) add(other *unsaved) {
	maps.Copy(u.days, other.days)
	maps.Copy(u.buckets, other.buckets)
	for slot, changed := range other.alerts {
		u.alerts[slot] = u.alerts[slot] || changed
	}
}

// Save passes what has changed since the last Save to write, which must store all of it or nothing. If write fails, the next
// Save passes it again. Only one Save may run at a time. Records may arrive meanwhile.
func (s *Store) Save(write func([]Change) error) error {
	s.mu.Lock()
	version := s.version.Load()
	if version == s.saved {
		s.mu.Unlock()
		return nil
	}
	pending := s.unsaved.take()
	s.history.rollup.takeChanged(pending)
	values := s.copyOf(pending)
	s.mu.Unlock()

	changes, err := encodeAll(values)
	if err == nil {
		err = write(changes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.unsaved.add(pending)
		return err
	}
	s.saved = version
	return nil
}

// takeChanged adds the buckets that have changed since the last call.
func (r *rollup) takeChanged(u *unsaved) {
	for i := range r.levels {
		l := &r.levels[i]
		for start, b := range l.buckets {
			if b.isChanged {
				b.isChanged = false
				u.buckets[interval{l.width, start}] = true
			}
		}
	}
}

// bucketOf returns the bucket of an interval, or nil.
func (r *rollup) bucketOf(at interval) *bucket {
	for i := range r.levels {
		if r.levels[i].width == at.width {
			return r.levels[i].buckets[at.start]
		}
	}
	return nil
}

// copyOf returns a copy of the values that have changed. A nil value has been deleted.
func (s *Store) copyOf(changed *unsaved) map[string]any {
	h := s.history
	list := contents{Latest: h.latest, Earliest: h.earliest, Health: s.health, Days: slices.Sorted(maps.Keys(h.minutes))}
	list.Health.Undecodable = maps.Clone(list.Health.Undecodable)
	for i := range h.rollup.levels {
		list.From[i], list.Buckets[i] = h.rollup.levels[i].from, slices.Sorted(maps.Keys(h.rollup.levels[i].buckets))
	}
	values := map[string]any{contentsKey: list}
	for day := range changed.days {
		values[fmt.Sprintf(dayKey, day)] = h.minutes.saved(day)
	}
	for at := range changed.buckets {
		values[fmt.Sprintf(bucketKey, at.width, at.start)] = h.rollup.bucketOf(at).saved()
	}
	bySlot := map[uint8][]Episode{}
	for uid, e := range s.episodes.byUID {
		if slot := slotOf(uid); changed.alerts[slot] {
			bySlot[slot] = append(bySlot[slot], *e)
		}
	}
	for slot, isChanged := range changed.alerts {
		if isChanged {
			values[fmt.Sprintf(alertsKey, slot)] = bySlot[uint8(slot)]
		}
	}
	return values
}

// encodeAll returns the values as changes, in the order of their keys.
func encodeAll(values map[string]any) ([]Change, error) {
	changes := make([]Change, 0, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value, err := encode(values[key])
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", key, err)
		}
		changes = append(changes, Change{key, value})
	}
	return changes, nil
}

// encode returns the stored form of a value, or nil for an empty one.
func encode(value any) ([]byte, error) {
	switch v := value.(type) {
	case []Episode:
		if len(v) == 0 {
			return nil, nil
		}
	case []savedBin:
		if v == nil {
			return nil, nil
		}
	case *savedBucket:
		if v == nil {
			return nil, nil
		}
	}
	var text bytes.Buffer
	if err := gob.NewEncoder(&text).Encode(value); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

func decode(value []byte, into any) error { return gob.NewDecoder(bytes.NewReader(value)).Decode(into) }

// saved returns the minutes of a day, or nil if the day has expired.
func (s timeSeries) saved(day int64) []savedBin {
	minutes := s[day]
	if minutes == nil {
		return nil
	}
	list := []savedBin{}
	for i := range minutes {
		if minutes[i] != (bin{}) {
			list = append(list, savedBin{i, minutes[i]})
		}
	}
	return list
}

// saved returns the stored form of a bucket, or nil for no bucket.
func (b *bucket) saved() *savedBucket {
	if b == nil {
		return nil
	}
	return &savedBucket{
		b.sources.State(), b.destinations.State(), b.ports.State(), b.protocols.State(), b.interfaces.State(), b.accounts.State(),
		b.sourceCountries.State(), b.destinationCountries.State(), b.subnetPairs.State(),
	}
}

func (b *bucket) restore(saved *savedBucket) {
	b.sources.Restore(saved.Sources)
	b.destinations.Restore(saved.Destinations)
	b.ports.Restore(saved.Ports)
	b.protocols.Restore(saved.Protocols)
	b.interfaces.Restore(saved.Interfaces)
	b.accounts.Restore(saved.Accounts)
	b.sourceCountries.Restore(saved.SourceCountries)
	b.destinationCountries.Restore(saved.DestinationCountries)
	b.subnetPairs.Restore(saved.SubnetPairs)
}
