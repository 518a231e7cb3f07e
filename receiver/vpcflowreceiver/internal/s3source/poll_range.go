// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// pollRange is a time range of flow logs and the progress of reading it. It is stored under the bucket, the prefix and
// the configured start time. A change of one of them starts another range. A change of the end does not.
type pollRange struct {
	// Start and End are the range; End is zero if it is open.
	Start time.Time `json:"start"`
	End   time.Time `json:"end,omitzero"`
	// Position is the last object before which all objects were handled.
	Position position `json:"position"`
	// Objects, Records and Bad count the content of the objects that were read; GivenUp counts the other objects.
	Objects int64 `json:"objects"`
	Records int64 `json:"records"`
	Bad     int64 `json:"bad"`
	GivenUp int64 `json:"given_up"`
	// Began is when the range was first started; Live is when it was first started together with a queue.
	Began time.Time `json:"began"`
	Live  time.Time `json:"live,omitzero"`
}

// loadPollRange returns the stored range for a configuration, or a new one. A range with a queue ends at the time of
// its first start. A range without a start begins lookback ago. A nil store is empty.
func loadPollRange(ctx context.Context, store ingest.Client, c *Config, now time.Time) (*pollRange, error) {
	r := &pollRange{}
	found, err := r.load(ctx, store, c)
	if err != nil {
		return nil, fmt.Errorf("s3: load the progress of the range from start_time: %w", err)
	}
	if !found {
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
	err = r.save(ctx, store, c)
	return r, err
}

func (r *pollRange) load(ctx context.Context, store ingest.Client, c *Config) (found bool, _ error) {
	if store == nil {
		return false, nil
	}
	value, err := store.Get(ctx, pollRangeKey(c))
	if err != nil || value == nil {
		return false, err
	}
	return true, json.Unmarshal(value, r)
}

// save stores the range, unless there is no store.
func (r *pollRange) save(ctx context.Context, store ingest.Client, c *Config) error {
	if store == nil {
		return nil
	}
	value, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := store.Batch(ctx, storage.SetOperation(pollRangeKey(c), value)); err != nil {
		return fmt.Errorf("s3: save the progress of the range from start_time: %w", err)
	}
	return nil
}

// isDone reports whether all of the range was read.
func (r *pollRange) isDone() bool { return !r.End.IsZero() && !r.Position.Time.Before(r.End) }

// advance moves the position forward to p, or leaves it if it is already there.
func (r *pollRange) advance(p position) {
	if p.compare(r.Position) > 0 {
		r.Position = p
	}
}

// share returns the part of the range that was read, from 0 to 1. An open range ends now.
func (r *pollRange) share(now time.Time) float64 {
	end := r.End
	if end.IsZero() {
		end = now
	}
	if whole := end.Sub(r.Start); whole > 0 {
		return min(1, max(0, float64(r.Position.Time.Sub(r.Start))/float64(whole)))
	}
	return 1
}

// pollRangeKey returns the storage key of the range for a configuration.
func pollRangeKey(c *Config) string {
	start := ""
	if !c.StartTime.IsZero() {
		start = c.StartTime.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(c.Bucket + "\x00" + c.Prefix + "\x00" + start))
	return "s3.range." + hex.EncodeToString(sum[:16])
}
