// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// timeRange is how far the flow logs of a range of time have been read. It is stored under the bucket, the prefix and the
// configured beginning: another one of these is another range, while the end may be moved.
type timeRange struct {
	// Start and End are the range; End is zero where there is none.
	Start time.Time `json:"start"`
	End   time.Time `json:"end,omitzero"`
	// Position is that of the last object that is dealt with for good, as are all before it.
	Position standing `json:"position"`
	// Objects, Records and Bad count what was found up to there, GivenUp the objects that could not be fetched.
	Objects int64 `json:"objects"`
	Records int64 `json:"records"`
	Bad     int64 `json:"bad"`
	GivenUp int64 `json:"given_up"`
	// Began is when the first of them was read, Live when a queue was to go on with the range for the first time.
	Began time.Time `json:"began"`
	Live  time.Time `json:"live,omitzero"`
}

// isDone says that there is nothing left to read.
func (r *timeRange) isDone() bool { return !r.End.IsZero() && !r.Position.Time.Before(r.End) }

// passTo moves the position to a later place.
func (r *timeRange) passTo(p standing) {
	if p.compare(r.Position) > 0 {
		r.Position = p
	}
}

// share is which part of the time up to the end, or up to now, has been read; from 0 to 1.
func (r *timeRange) share(now time.Time) float64 {
	end := r.End
	if end.IsZero() {
		end = now
	}
	if whole := end.Sub(r.Start); whole > 0 {
		return min(1, max(0, float64(r.Position.Time.Sub(r.Start))/float64(whole)))
	}
	return 1
}

// rangeKey is the key under which the progress is stored.
func (c *s3Config) rangeKey() string {
	start := ""
	if !c.StartTime.IsZero() {
		start = c.StartTime.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(c.Bucket + "\x00" + c.Prefix + "\x00" + start))
	return "s3.range." + hex.EncodeToString(sum[:16])
}

// openRange gives the progress that is stored for what is configured, or that at the beginning. The first time, a range
// that a queue goes on with ends now; and one without a beginning begins as far back as new objects are looked for.
func openRange(ctx context.Context, store keyValues, c *s3Config, now time.Time) (*timeRange, error) {
	r := &timeRange{}
	value, err := store.Get(ctx, c.rangeKey())
	if err == nil && value != nil {
		err = json.Unmarshal(value, r)
	}
	if err != nil {
		return nil, fmt.Errorf("s3: read how far the objects since start_time have been read: %w", err)
	}
	if value == nil {
		r.Start, r.Began = c.StartTime.UTC(), now.UTC()
		if c.StartTime.IsZero() {
			r.Start = now.UTC().Add(-c.Lookback)
		}
		r.Position.Time = r.Start
	}
	switch {
	case !c.EndTime.IsZero():
		r.End = c.EndTime.UTC()
	case c.Follow:
		r.End = time.Time{}
	default:
		if r.Live.IsZero() {
			r.Live = now.UTC()
		}
		r.End = r.Live
	}
	return r, saveRange(ctx, store, c, r)
}

func saveRange(ctx context.Context, store keyValues, c *s3Config, r *timeRange) error {
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := store.Batch(ctx, storage.SetOperation(c.rangeKey(), value)); err != nil {
		return fmt.Errorf("s3: store how far the objects since start_time have been read: %w", err)
	}
	return nil
}
