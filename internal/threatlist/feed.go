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

// FeedSettings configure a [Feed].
type FeedSettings struct {
	// Name identifies the list in messages and in the store.
	Name string
	// Source provides the text of the list.
	Source Source
	// Format and Column describe the text. See [Parse].
	Format Format
	Column string
	// Interval is the time between two fetches. Zero means that the source is a file, which is checked at every poll.
	Interval time.Duration
	// AllowEmpty accepts a new copy even if it has no entries or far fewer than the last one.
	AllowEmpty bool
	// Store keeps the last good copy across restarts. Nil keeps none.
	Store *Store
	// Random returns a number in [0, 1). It spreads the fetches of many collectors. It is not used for files.
	Random func() float64
}

// Feed keeps one threat list up to date. Restore and Poll must not run concurrently. The other methods may be called
// at any time.
type Feed struct {
	FeedSettings
	schedule schedule

	mu       sync.Mutex // guards the fields below
	version  Version
	entries  Entries
	active   []netip.Prefix
	change   time.Time // when active changes next; zero for never
	failures int64
}

// NewFeed returns a feed without entries. Restore or Poll fills it.
func NewFeed(settings FeedSettings) *Feed { return &Feed{FeedSettings: settings} }

// Restore loads the copy in the store, so that a restart need not fetch the list. It reports whether there was one.
func (f *Feed) Restore(ctx context.Context, now time.Time) (bool, error) {
	version, text, err := f.Store.load(ctx, f.Name, f.Source.ID())
	if err != nil || text == nil {
		return false, err
	}
	entries, err := f.parse(text)
	if err != nil {
		return false, err
	}
	f.use(version, entries, now)
	age := max(now.Sub(version.Time), 0) // a clock that was set back must not delay the next fetch
	f.schedule.due = now.Add(f.Interval - age)
	return true, nil
}

// Poll fetches the list if it is due, and updates the set of entries that are valid now. It reports whether Active has
// changed. After an error, the entries of the last good copy remain.
func (f *Feed) Poll(ctx context.Context, now time.Time) (changed bool, err error) {
	if !now.Before(f.schedule.due) {
		var text []byte
		text, changed, err = f.fetch(ctx, now)
		if !f.isFile() && ctx.Err() == nil { // a fetch that the caller has ended is due again at once
			f.schedule.next(now, f.Interval, f.Random(), err)
		}
		if err == nil {
			err = f.Store.save(ctx, f.Name, f.Source.ID(), f.Version(), text)
		}
	}
	return f.updateActive(now) || changed, err
}

// fetch gets, checks and uses a new copy. The text is nil if the source has no new copy.
func (f *Feed) fetch(ctx context.Context, now time.Time) (text []byte, changed bool, err error) {
	version, text, err := f.Source.Fetch(ctx, now, f.Version())
	if errors.Is(err, ErrUnchanged) {
		f.confirm(now)
		return nil, false, nil
	}
	var entries Entries
	if err == nil {
		entries, err = f.parse(text)
	}
	if err == nil {
		err = f.checkPlausible(&entries)
	}
	if err != nil {
		f.countFailure()
		return nil, false, err
	}
	f.use(version, entries, now)
	return text, true, nil
}

func (f *Feed) parse(text []byte) (Entries, error) {
	return Parse(text, f.Name, f.Format, f.Column)
}

// checkPlausible returns an error if a new copy is probably the result of a server failure. A file is under the user's
// control: it may shrink, and it may be empty when it is read for the first time.
func (f *Feed) checkPlausible(entries *Entries) error {
	before, now := f.Len(), entries.Len()
	switch {
	case f.AllowEmpty:
		return nil
	case now == 0 && (!f.isFile() || before > 0):
		return fmt.Errorf("the new copy has no valid entry and %d invalid ones", entries.Skipped.Count)
	case !f.isFile() && 2*now < before:
		return fmt.Errorf("the new copy has %d entries, less than half of %d", now, before)
	}
	return nil
}

func (f *Feed) isFile() bool { return f.Interval == 0 }

// use replaces the copy in use.
func (f *Feed) use(version Version, entries Entries, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.version, f.entries = version, entries
	f.active, f.change = entries.At(now)
}

// confirm records that the copy in use is still the newest one. A file keeps its modification time.
func (f *Feed) confirm(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.isFile() {
		f.version.Time = now
	}
}

func (f *Feed) updateActive(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.change.IsZero() || now.Before(f.change) {
		return false
	}
	f.active, f.change = f.entries.At(now)
	return true
}

func (f *Feed) countFailure() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures++
}

// Active returns the prefixes that are valid now. The caller must not change them.
func (f *Feed) Active() []netip.Prefix {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.active
}

// Len returns the number of entries, valid now or not.
func (f *Feed) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.entries.Len()
}

// Skipped returns the invalid entries of the copy in use.
func (f *Feed) Skipped() Skipped {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.entries.Skipped
}

// Version returns the version of the copy in use. Its time is zero if there is no copy.
func (f *Feed) Version() Version {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.version
}

// Failures returns how often a new copy could not be fetched or was not accepted.
func (f *Feed) Failures() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failures
}
