// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"testing"
)

// BenchmarkAdd measures what storing costs the pipeline. BenchmarkWrite measures what the writer does in the background.
func BenchmarkAdd(b *testing.B) {
	r := newRig(b)
	flows := testFlows(0, 1000, noon)
	b.ReportAllocs()
	for b.Loop() {
		r.Add(flows)
		if r.buffers.rows > partRows-1000 { // drop it, so that the disk does not matter
			for _, old := range r.buffers.oldestFirst() {
				r.buffers.remove(old)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(flows)), "ns/flow")
}

func BenchmarkWrite(b *testing.B) {
	r := newRig(b)
	b.ReportAllocs()
	for b.Loop() {
		old := &buffer{hour: noon.Unix() / secondsPerHour, index: map[names]uint32{}}
		for _, f := range testFlows(0, partRows, noon) {
			old.add(&f)
		}
		r.writePart(old.hour, r.rows(old))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*partRows), "ns/flow")
}
