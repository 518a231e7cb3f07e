// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// MeasureKind says what a rule measures for each key. It determines the meaning of the threshold.
type MeasureKind int

// The kinds of measures.
const (
	// InWindow is the highest measure of a key in any window. The rule alerts at the threshold.
	InWindow MeasureKind = iota
	// BeforeSuccess is the highest number of failures in the window before a success. The rule alerts at this number.
	BeforeSuccess
	// InEpisode is the highest number of flows in one episode of a key. The rule alerts on every key.
	InEpisode
	// AfterStart is the number of seconds from the first flow of the scope to the last time at which the key was new.
	// The rule alerts on keys that are new after the learning period.
	AfterStart
)

// timeSpan is the number of flows and the range of their times, in Unix seconds.
type timeSpan struct {
	from, to int64
	flows    int64
}

func (s *timeSpan) add(t int64) {
	if s.flows == 0 {
		s.from, s.to = t, t
	}
	s.from, s.to = min(s.from, t), max(s.to, t)
	s.flows++
}
