// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import "slices"

// acquire returns the files of the hours in a range of Unix seconds, the latest hour first. They are not deleted until
// release is called.
func (x *fileIndex) acquire(from, to int64) (hours [][]*file, release func()) {
	all := x.sortedHours()
	x.mu.Lock()
	defer x.mu.Unlock()
	var used []*file
	for _, hour := range slices.Backward(all) {
		if hour*secondsPerHour >= to || (hour+1)*secondsPerHour <= from {
			continue
		}
		var files []*file
		for _, f := range x.hours[hour] {
			if !f.unreadable {
				f.readers++
				files = append(files, f)
			}
		}
		hours, used = append(hours, files), append(used, files...)
	}
	return hours, func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		for _, f := range used {
			f.readers--
			x.deleteUnused(f)
		}
	}
}
