// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// FeedSettings say what a feed is of.
type FeedSettings struct {
	// Name is how the user calls the list.
	Name string
	// Source is where the list comes from.
	Source Source
	// Format and Column say how it is written. See [Parse].
	Format Format
	Column string
	// Interval is how long after one fetch the next one is. Zero looks at every poll, as is right for a file.
	Interval time.Duration
	// AllowEmpty takes a new copy however few entries it has.
	AllowEmpty bool
	// Store keeps the last good copy over a restart. Nil keeps none.
	Store *Store
	// Random returns a number from 0 to less than 1, by which fetches of many collectors are spread.
	Random func() float64
}

// Feed is a threat list that is kept up to date. Poll is called by one at a time; the rest by anybody.
type Feed struct {
	FeedSettings
	due    time.Time // of the next fetch
	failed int       // fetches in a row

	mu       sync.Mutex // guards the rest
	head     Version
	entries  Entries
	listed   []netip.Prefix
	change   time.Time // of what is listed; zero for never
	failures int64
}

// NewFeed returns a feed that lists nothing yet.
func NewFeed(settings FeedSettings) *Feed { return &Feed{FeedSettings: settings} }

// Restore takes the copy that was kept, if there is one, so that nothing need be fetched at once.
func (f *Feed) Restore(ctx context.Context, now time.Time) (bool, error) {
	head, text, err := f.Store.load(ctx, f.Name, f.Source.ID())
	if err != nil || text == nil {
		return false, err
	}
	entries, err := f.parse(text)
	if err != nil {
		return false, err
	}
	f.take(head, entries, now)
	f.due = now.Add(min(head.Time.Sub(now), 0) + f.Interval) // a time ahead of the clock is not believed
	return true, nil
}

// Poll fetches the list if it is time, and looks which of its entries are valid. It returns whether others are listed
// now than before. After an error what was listed still is.
func (f *Feed) Poll(ctx context.Context, now time.Time) (changed bool, err error) {
	if !now.Before(f.due) {
		var text []byte
		text, changed, err = f.fetch(ctx, now)
		f.schedule(now, err)
		if err == nil {
			err = f.Store.save(ctx, f.Name, f.Source.ID(), f.Version(), text)
		}
	}
	return f.relist(now) || changed, err
}

// fetch returns the text of a new copy, which is none when the copy that is held is still the newest.
func (f *Feed) fetch(ctx context.Context, now time.Time) (text []byte, changed bool, err error) {
	head, text, err := f.Source.Fetch(ctx, now, f.Version())
	if errors.Is(err, ErrUnchanged) {
		f.confirm(now)
		return nil, false, nil
	}
	var entries Entries
	if err == nil {
		entries, err = f.parse(text)
	}
	if err == nil {
		err = f.doubt(&entries)
	}
	if err != nil {
		f.fail()
		return nil, false, err
	}
	f.take(head, entries, now)
	return text, true, nil
}

// confirm notes that the copy that is held is still the newest. A file has its own time.
func (f *Feed) confirm(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Interval > 0 {
		f.head.Time = now
	}
}

func (f *Feed) parse(text []byte) (Entries, error) {
	return Parse(text, f.Name, f.Format, f.Column)
}

// doubt says why a new copy can not be meant. A file is the user's own: it may shrink, and be empty at first.
func (f *Feed) doubt(entries *Entries) error {
	before, now, file := f.Len(), entries.Len(), f.Interval == 0
	switch {
	case f.AllowEmpty:
		return nil
	case now == 0 && (!file || before > 0):
		return fmt.Errorf("the new copy has no usable entry, and %d lines that are none", entries.Skipped.Count)
	case !file && 2*now < before:
		return fmt.Errorf("the new copy has %d entries, less than half of %d", now, before)
	}
	return nil
}

func (f *Feed) take(head Version, entries Entries, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head, f.entries = head, entries
	f.listed, f.change = entries.At(now)
}

func (f *Feed) relist(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.change.IsZero() || now.Before(f.change) {
		return false
	}
	f.listed, f.change = f.entries.At(now)
	return true
}

func (f *Feed) fail() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures++
}

// Listed returns the prefixes that are listed now. They are not to be changed.
func (f *Feed) Listed() []netip.Prefix {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed
}

// Len returns how many entries there are, valid now or not.
func (f *Feed) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.entries.Len()
}

// Skipped says which entries of the copy that is held were not taken.
func (f *Feed) Skipped() Skipped {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.entries.Skipped
}

// Version says what is known of the copy that is held. Its time is zero when there is none.
func (f *Feed) Version() Version {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

// Failures returns how often a copy could not be had, or was not taken.
func (f *Feed) Failures() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failures
}
