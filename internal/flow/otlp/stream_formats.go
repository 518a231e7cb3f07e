// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"hash/maphash"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxStreams bounds the number of streams whose format is kept.
const maxStreams = 1024

// streamFormats keeps the format of each stream of log records that contain lines. A batch may begin long after the
// header of its stream, and several goroutines may read batches of one stream. It is safe for concurrent use.
type streamFormats struct {
	fallback *flow.Format
	seed     maphash.Seed

	mu      sync.Mutex
	cache   flow.FormatCache
	headers map[uint64]*flow.Format // by stream
}

func newStreamFormats(fallback *flow.Format) *streamFormats {
	return &streamFormats{fallback: fallback, seed: maphash.MakeSeed(), headers: map[uint64]*flow.Format{}}
}

// parse compiles the format that a scope names.
func (s *streamFormats) parse(names string) (*flow.Format, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cache.ParseFormat(names)
}

// parseHeader keeps the format of a header line for the following lines of its stream. It returns ErrHeader for a header, a
// *flow.LineError for a bad one, and nil if the line is not a header.
func (s *streamFormats) parseHeader(record LogRecord, line string) error {
	if !flow.IsHeader(line) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	format, _, bad := s.cache.ParseHeader(line)
	if bad != nil {
		return bad
	}
	if len(s.headers) >= maxStreams {
		clear(s.headers)
	}
	s.headers[s.stream(record.Resource.Attributes(), record.Scope)] = format
	return ErrHeader
}

// format returns the format of the last header in a stream, or the fallback.
func (s *streamFormats) format(record LogRecord) *flow.Format {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.headers) == 0 {
		return s.fallback
	}
	if format, ok := s.headers[s.stream(record.Resource.Attributes(), record.Scope)]; ok {
		return format
	}
	return s.fallback
}

// stream identifies a stream by the name of its scope and the text attributes of its resource.
func (s *streamFormats) stream(resource pcommon.Map, scope pcommon.InstrumentationScope) uint64 {
	sum := maphash.String(s.seed, scope.Name())
	for key, value := range resource.All() {
		// The sum does not depend on the order, because attributes are a map.
		sum += maphash.String(s.seed, key) ^ maphash.String(s.seed, value.Str())*3
	}
	return sum
}
