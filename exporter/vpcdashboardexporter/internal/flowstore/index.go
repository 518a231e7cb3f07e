// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// fileIndex lists the files by hour. It is safe for concurrent use.
type fileIndex struct {
	directory string

	mu    sync.Mutex
	hours map[int64][]*file // in the order of their parts
	last  uint64            // number of the newest part of all hours
}

// nextPart returns a new part of an hour. It is not in the index yet. Only one goroutine may write parts, because a
// compaction relies on parts appearing in the order of their numbers.
func (x *fileIndex) nextPart(hour int64) *file {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last++
	return &file{hour: hour, first: x.last, last: x.last}
}

func (x *fileIndex) add(f *file) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hours[f.hour] = append(x.hours[f.hour], f)
}

// replace puts a file in the place of others. If one of them has been deleted in the meantime, it deletes the file instead
// and returns false.
func (x *fileIndex) replace(old []*file, merged *file) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if slices.ContainsFunc(old, func(f *file) bool { return f.replaced }) {
		x.retire([]*file{merged})
		return false
	}
	list := slices.DeleteFunc(x.hours[merged.hour], func(f *file) bool { return slices.Contains(old, f) })
	list = append(list, merged)
	slices.SortFunc(list, func(a, b *file) int { return cmp.Compare(a.first, b.first) })
	x.hours[merged.hour] = list
	x.retire(old)
	return true
}

// retire deletes files that are no longer in the index, except those that searches use.
func (x *fileIndex) retire(old []*file) {
	for _, f := range old {
		f.replaced = true
		x.deleteUnused(f)
	}
}

// deleteUnused deletes a replaced file without readers. A file that cannot be deleted is deleted at the next start.
func (x *fileIndex) deleteUnused(f *file) {
	if f.replaced && f.readers == 0 {
		_ = os.Remove(f.path(x.directory)) //nolint:gosec // the operator chooses the folder
	}
}

// removeHour removes an hour, and returns the number of its flows.
func (x *fileIndex) removeHour(hour int64) (rows int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, f := range x.hours[hour] {
		rows += f.rows
	}
	x.retire(x.hours[hour])
	delete(x.hours, hour)
	_ = os.Remove(filepath.Join(x.directory, folder(hour))) //nolint:gosec // the operator chooses the folder; fails while a search uses a file
	return rows
}

// sortedHours returns the hours that have files, oldest first.
func (x *fileIndex) sortedHours() []int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	hours := make([]int64, 0, len(x.hours))
	for hour := range x.hours {
		hours = append(hours, hour)
	}
	slices.Sort(hours)
	return hours
}

// latestHour returns the last hour that has files, or 0.
func (x *fileIndex) latestHour() int64 {
	hours := x.sortedHours()
	if len(hours) == 0 {
		return 0
	}
	return hours[len(hours)-1]
}

// totals describe all files.
func (x *fileIndex) totals() (files int, size, rows int64, unreadable uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, list := range x.hours {
		for _, f := range list {
			files++
			size += f.size
			rows += f.rows
			if f.unreadable {
				unreadable++
			}
		}
	}
	return files, size, rows, unreadable
}

// mergeable returns consecutive files of an hour that should become one file, or none.
func (x *fileIndex) mergeable(hour int64, now time.Time) []*file {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := x.hours[hour]
	quiet := len(list) > 0 && now.Sub(list[len(list)-1].changed) >= quietPeriod
	if !quiet && len(list) < maxParts {
		return nil
	}
	return consecutive(list)
}

// markUnreadable excludes a file from compaction and searches.
func (x *fileIndex) markUnreadable(f *file) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f.unreadable = true
}
