// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"slices"
	"sort"
	"time"
)

const (
	// maxRows bounds the flows in a file. A compaction holds that many rows in memory, about 350 bytes each.
	maxRows = 2 * partRows
	// maxParts is the number of files of an hour that starts a compaction, even while flows arrive.
	maxParts = 32
	// quietPeriod is how long an hour must not have changed before all of its files are compacted.
	quietPeriod = 5 * time.Minute
)

// compactFiles compacts hours when it is woken up, until the context ends.
func (s *Store) compactFiles(ctx context.Context) {
	defer s.writing.Done()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			s.compactAll(ctx)
		}
	}
}

// compactAll compacts each hour that needs it.
func (s *Store) compactAll(ctx context.Context) {
	s.compacting.Lock() // two compactions of the same files would write the same file
	defer s.compacting.Unlock()
	for _, hour := range s.files.sortedHours() {
		for ctx.Err() == nil {
			old := s.files.mergeable(hour, s.settings.Now())
			if len(old) == 0 || !s.compact(old) {
				break
			}
		}
	}
}

// compact replaces files by one. It reports whether anything has changed. If the disk is full, the files stay, and the next
// compaction tries again.
func (s *Store) compact(old []*file) bool {
	var rows []Row
	for _, f := range old {
		read, err := readRows(f.path(s.settings.Directory))
		if err != nil {
			s.files.markUnreadable(f)
			return true
		}
		rows = append(rows, read...)
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].Start < rows[j].Start })
	merged := &file{hour: old[0].hour, first: old[0].first, last: old[len(old)-1].last, changed: old[len(old)-1].changed}
	if err := merged.write(s.settings.Directory, rows); err != nil {
		s.setFailure(err)
		return false
	}
	return s.files.replace(old, merged)
}

// consecutive returns the first run of at least two readable files that together fit into one file.
func consecutive(list []*file) []*file {
	start, rows := 0, int64(0)
	for i, f := range list {
		if f.unreadable || rows+f.rows > maxRows {
			if i-start > 1 {
				return slices.Clone(list[start:i])
			}
			start, rows = i, 0
		}
		if f.unreadable {
			start = i + 1
			continue
		}
		rows += f.rows
	}
	if len(list)-start > 1 {
		return slices.Clone(list[start:])
	}
	return nil
}
