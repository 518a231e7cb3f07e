// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// BlockScanner reads the records in a block of lines. It skips blank lines, applies header lines, counts bad lines, and
// removes the timestamps of CloudWatch Logs exports. Reset prepares it for a block. It is not safe for concurrent use.
type BlockScanner struct {
	format *Format
	// initial is the format before the block.
	initial *Format
	// rest is the part of the block that has not been read; line is the current line, and number its number.
	rest, line string
	number     int
	// fromLine is the part of the block that starts with the current line.
	fromLine string
	// isText says that the whole block is UTF-8.
	isText bool
	// hasTimestamps says that the first line has a timestamp.
	hasTimestamps bool
	counts        Counts
	formats       FormatCache
}

// Reset starts on another block of whole lines. The last line may lack its line feed. If format is nil, lines are bad
// until the first header.
func (s *BlockScanner) Reset(format *Format, block string) {
	*s = BlockScanner{
		format:        format,
		initial:       format,
		rest:          block,
		isText:        utf8.ValidString(block),
		hasTimestamps: hasExportTimestamp(block),
		formats:       s.formats,
	}
}

// FormatAfter returns the format of the lines after a block: that of its last header, or else the given one. It does not
// parse records. It ends the current block.
func (s *BlockScanner) FormatAfter(format *Format, block string) *Format {
	*s = BlockScanner{format: format, rest: block, hasTimestamps: hasExportTimestamp(block), formats: s.formats}
	for s.rest != "" {
		s.cutLine()
		s.header()
	}
	return s.format
}

// NextRecord parses the next record into r. It returns false at the end of the block.
func (s *BlockScanner) NextRecord(r *Record) bool {
	for s.next() {
		err := r.Parse(s.format, s.line)
		if err == nil {
			s.counts.Records++
			return true
		}
		s.counts.AddBad(err, s.number)
	}
	return false
}

// NextLine returns the next line that is not a header, without parsing it. It returns false at the end of the block.
func (s *BlockScanner) NextLine() (line string, ok bool) {
	if !s.next() {
		return "", false
	}
	s.counts.Records++
	return s.line, true
}

// Format returns the current format; nil if there is none.
func (s *BlockScanner) Format() *Format { return s.format }

// Counts returns what has been read since Reset.
func (s *BlockScanner) Counts() Counts { return s.counts }

// next moves to the next line that may be a record.
func (s *BlockScanner) next() bool {
	for s.rest != "" {
		s.cutLine()
		if s.line == "" || s.header() {
			continue
		}
		if s.format == nil {
			s.counts.AddBad(NewLineError(NoFormat, "", s.line), s.number)
			continue
		}
		if reason := checkText(s.line, s.isText); reason != "" {
			s.counts.AddBad(NewLineError(reason, "", s.line), s.number)
			continue
		}
		return true
	}
	return false
}

// cutLine makes the next line the current one.
func (s *BlockScanner) cutLine() {
	end := strings.IndexByte(s.rest, '\n') + 1
	if end == 0 {
		end = len(s.rest)
	}
	s.fromLine = s.rest
	s.line, s.rest = Trim(s.rest[:end]), s.rest[end:]
	s.number++
	if s.hasTimestamps {
		s.line = trimExportTimestamp(s.line)
	}
}

// header applies the current line if it is a header. After a bad header, the format stays the same.
func (s *BlockScanner) header() bool {
	format, isHeader, bad := s.formats.ParseHeader(s.line)
	switch {
	case !isHeader:
		return false
	case bad != nil:
		s.counts.AddBad(bad, s.number)
		return true
	}
	s.counts.Headers++
	for _, name := range format.unknown {
		if !slices.Contains(s.counts.Unknown, name) && (s.initial == nil || !slices.Contains(s.initial.unknown, name)) {
			s.counts.Unknown = append(s.counts.Unknown, name)
		}
	}
	s.format = format
	return true
}

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
