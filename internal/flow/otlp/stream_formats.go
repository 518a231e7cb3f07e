// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"hash/maphash"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxStreams bounds how many streams are remembered by the header that came in them.
const maxStreams = 1024

// streams remembers formats for log records that hold lines. A batch may begin in the middle of a stream, long after
// its header, and batches of one stream may be read by several goroutines.
type streams struct {
	fallback *Format
	seed     maphash.Seed

	mu      sync.Mutex
	formats formats
	headers map[uint64]*Format
}

func newStreams(fallback *Format) *streams {
	return &streams{fallback: fallback, seed: maphash.MakeSeed(), headers: map[uint64]*Format{}}
}

// compile gives the format that a scope names.
func (s *streams) compile(names string) (*Format, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.formats.compile(names)
}

// header remembers the format of a header line for what follows in its stream.
func (s *streams) header(resource pcommon.Map, scope pcommon.InstrumentationScope, line string) bool {
	if !isHeader(line) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	format, _, ok := s.formats.header(line)
	if !ok {
		return false
	}
	if len(s.headers) >= maxStreams {
		clear(s.headers)
	}
	s.headers[s.stream(resource, scope)] = format
	return true
}

// format gives the format of the last header in a stream, or that of lines without one.
func (s *streams) format(resource pcommon.Map, scope pcommon.InstrumentationScope) *Format {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.headers) == 0 {
		return s.fallback
	}
	if format, ok := s.headers[s.stream(resource, scope)]; ok {
		return format
	}
	return s.fallback
}

// stream tells streams apart by their resource and scope, as far as these are text.
func (s *streams) stream(resource pcommon.Map, scope pcommon.InstrumentationScope) uint64 {
	sum := maphash.String(s.seed, scope.Name())
	for key, value := range resource.All() {
		// Resources are maps: the order of their attributes says nothing.
		sum += maphash.String(s.seed, key) ^ maphash.String(s.seed, value.Str())*3
	}
	return sum
}
