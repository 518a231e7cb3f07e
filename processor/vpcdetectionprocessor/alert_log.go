// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"encoding/json"
	"fmt"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

const (
	// alertsKey is the storage key of the description of the stored alerts, and the beginning of the keys of their chunks.
	alertsKey = "alerts"
	// alertsPerChunk is the maximum number of alerts in a stored value.
	alertsPerChunk = 100
)

// alertLog stores the unsent alerts in chunks, so that a save writes only new alerts. Alerts leave the queue in their
// order, so the unsent ones are consecutive. A chunk is deleted when all its alerts have left the queue.
type alertLog struct {
	stored, pending alertChunks // pending becomes stored once the changes are written
}

// alertChunks describes the stored alerts.
type alertChunks struct {
	// First is the number of the first unsent alert.
	First uint64 `json:"first"`
	// Chunks are the stored chunks, oldest first.
	Chunks []alertChunk `json:"chunks"`
}

// alertChunk is a range of consecutive alerts, which are stored under the number of the first one.
type alertChunk struct {
	// First is the number of the first alert, and End the number after the last one.
	First uint64 `json:"first"`
	End   uint64 `json:"end"`
}

func (c alertChunk) key() string { return fmt.Sprintf("%s/%d", alertsKey, c.First) }

// load returns the stored alerts, and the number of the first one.
func (l *alertLog) load(get func(key string) ([]byte, error)) (first uint64, alerts []*alert.Alert, err error) {
	if err := loadJSON(get, alertsKey, &l.stored); err != nil {
		return 0, nil, err
	}
	for _, c := range l.stored.Chunks {
		var list []*alert.Alert
		if err := loadJSON(get, c.key(), &list); err != nil {
			return 0, nil, err
		}
		if c.First >= c.End || c.End-c.First != uint64(len(list)) {
			return 0, nil, &detect.UnreadableError{Key: c.key(), Reason: "is damaged"}
		}
		for i, a := range list {
			if c.First+uint64(i) >= l.stored.First {
				alerts = append(alerts, a)
			}
		}
	}
	return l.stored.First, alerts, nil
}

func loadJSON(get func(key string) ([]byte, error), key string, to any) error {
	value, err := get(key)
	if err != nil {
		return fmt.Errorf("read stored state %q: %w", key, err)
	}
	if value == nil {
		return nil
	}
	if err := json.Unmarshal(value, to); err != nil {
		return &detect.UnreadableError{Key: key, Reason: "is damaged"}
	}
	return nil
}

// save returns the changes after which exactly the given alerts are stored. first is the number of the first one.
func (l *alertLog) save(first uint64, alerts []*alert.Alert) (changes []detect.Change, _ error) {
	next := alertChunks{First: first}
	end := first
	for _, c := range l.stored.Chunks {
		if c.End <= first {
			changes = append(changes, detect.Change{Key: c.key()})
			continue
		}
		next.Chunks = append(next.Chunks, c)
		end = c.End
	}
	for last := first + uint64(len(alerts)); end < last; {
		c := alertChunk{end, min(end+alertsPerChunk, last)}
		value, err := json.Marshal(alerts[c.First-first : c.End-first])
		if err != nil {
			return nil, fmt.Errorf("encode alerts: %w", err)
		}
		changes = append(changes, detect.Change{Key: c.key(), Value: value})
		next.Chunks = append(next.Chunks, c)
		end = c.End
	}
	l.pending = next
	switch {
	case len(next.Chunks) == 0 && len(l.stored.Chunks) > 0:
		changes = append(changes, detect.Change{Key: alertsKey})
	case len(changes) > 0 || len(next.Chunks) > 0 && first != l.stored.First:
		value, err := json.Marshal(next)
		if err != nil {
			return nil, fmt.Errorf("encode alerts: %w", err)
		}
		changes = append(changes, detect.Change{Key: alertsKey, Value: value})
	}
	return changes, nil
}

// saved is called when the changes of the last save are written.
func (l *alertLog) saved() { l.stored = l.pending }
