// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"errors"
	"time"
)

// Text keeps a text from a server up to date, such as an allowlist. Like a [Feed], it keeps the last good copy in use,
// retries after failures, and restores the copy after a restart. Its methods must not run concurrently.
type Text struct {
	// Name identifies the text in the store.
	Name string
	// Source provides the text.
	Source Source
	// Interval is the time between two fetches. It must be positive.
	Interval time.Duration
	// Store keeps the last good copy across restarts. Nil keeps none.
	Store *Store
	// Random returns a number in [0, 1). It spreads the fetches of many collectors.
	Random func() float64
	// Use parses a new copy and puts it into use. After an error, the last copy stays in use.
	Use func(text []byte) error

	schedule schedule
	version  Version // of the copy in use
}

// Restore puts the copy in the store into use, so that a restart need not fetch the text. It reports whether there was
// one.
func (t *Text) Restore(ctx context.Context, now time.Time) (bool, error) {
	version, text, err := t.Store.load(ctx, t.Name, t.Source.ID())
	if err != nil || text == nil {
		return false, err
	}
	if err := t.Use(text); err != nil {
		return false, err
	}
	t.version = version
	age := max(now.Sub(version.Time), 0) // a clock that was set back must not delay the next fetch
	t.schedule.due = now.Add(t.Interval - age)
	return true, nil
}

// Poll fetches the text if it is due, and puts a new copy into use. It reports whether there was one. If the context
// ends during the fetch, the text remains due.
func (t *Text) Poll(ctx context.Context, now time.Time) (changed bool, err error) {
	if now.Before(t.schedule.due) {
		return false, nil
	}
	version, text, err := t.Source.Fetch(ctx, now, t.version)
	switch {
	case errors.Is(err, ErrUnchanged):
		t.version.Time, text, err = now, nil, nil
	case err == nil:
		if err = t.Use(text); err == nil {
			t.version, changed = version, true
		}
	case ctx.Err() != nil:
		return false, err
	}
	t.schedule.next(now, t.Interval, t.Random(), err)
	if err == nil {
		err = t.Store.save(ctx, t.Name, t.Source.ID(), t.version, text)
	}
	return changed, err
}
