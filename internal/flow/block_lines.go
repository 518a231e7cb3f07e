// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// NextLines returns the next lines up to a header, a bad line or the end of the block as one text, and their number. It
// does not parse the lines. The text may contain blank lines. The number is 0 at the end of the block.
func (s *BlockScanner) NextLines() (text string, lines int) {
	if !s.next() {
		return "", 0
	}
	text, lines = s.fromLine, 1
	if s.hasTimestamps {
		// The text of several lines would contain their timestamps.
		s.counts.Records++
		return s.line, lines
	}
	for s.rest != "" {
		start := s.rest
		s.cutLine()
		if s.line == "" {
			continue
		}
		if IsHeader(s.line) || checkText(s.line, s.isText) != "" {
			s.rest = start
			s.number--
			break
		}
		lines++
	}
	s.counts.Records += lines
	return Trim(text[:len(text)-len(s.rest)]), lines
}
