// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"fmt"
	"sort"
	"time"
)

// writeParts writes the buffers in the queue until that is closed. A part that cannot be written is written again later.
// Meanwhile, the queue fills up.
func (s *Store) writeParts(ctx context.Context) {
	defer s.writing.Done()
	defer close(s.written)
	for b := range s.queue {
		s.mu.Lock()
		s.enqueueDue() // the queue has space again
		s.mu.Unlock()
		rows := s.rows(b)
		for !s.writePart(b.hour, rows) {
			if ctx.Err() != nil || !wait(ctx, s.settings.RetryDelay) {
				s.drop(b)
				break
			}
		}
	}
}

// rows converts a buffer to rows in order of time.
func (s *Store) rows(b *buffer) []Row {
	sort.Slice(b.entries, func(i, j int) bool { return b.entries[i].time < b.entries[j].time }) // the binary grows less than with package slices
	rows := make([]Row, len(b.entries))
	for i := range b.entries {
		rows[i] = s.row(&b.entries[i], &b.names[b.entries[i].names])
	}
	return rows
}

// writePart writes rows as the next part of an hour. It reports whether that succeeded.
func (s *Store) writePart(hour int64, rows []Row) bool {
	f := s.files.nextPart(hour)
	err := f.write(s.settings.Directory, rows)
	if err == nil {
		f.changed = s.settings.Now()
		s.files.add(f)
	}
	s.setFailure(err)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Stored += uint64(len(rows))
	return true
}

// setFailure records the result of the last attempt to write.
func (s *Store) setFailure(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
}

// waitForWriter closes the queue and waits until all of it is written, or until the context ends.
func (s *Store) waitForWriter(ctx context.Context) error {
	close(s.queue)
	select {
	case <-s.written:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("write flows: %w", ctx.Err())
	}
}

// wait waits for a duration. It returns false if the context ends first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
