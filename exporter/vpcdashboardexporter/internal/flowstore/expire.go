// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

// expire deletes the hours beyond the retention, and the oldest hours while the files exceed MaxSize.
func (s *Store) expire(latest int64) {
	oldest := oldestHour(latest, s.settings.Retention)
	hours := s.files.sortedHours()
	for len(hours) > 0 && hours[0] < oldest {
		s.countDeleted(&s.counts.DeletedByAge, s.files.removeHour(hours[0]))
		hours = hours[1:]
	}
	for len(hours) > 0 {
		if _, size, _, _ := s.files.totals(); size <= s.settings.MaxSize {
			return
		}
		s.countDeleted(&s.counts.DeletedBySize, s.files.removeHour(hours[0]))
		hours = hours[1:]
	}
}

func (s *Store) countDeleted(counter *uint64, rows int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*counter += uint64(rows)
}
