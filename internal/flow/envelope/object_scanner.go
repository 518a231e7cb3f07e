// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

// maxNesting bounds the nesting of objects and arrays in a document. It also bounds how often the same bytes are scanned
// when a brace turns out not to start a document.
const maxNesting = 32

// objectScanner finds the end of a JSON object without decoding it. It checks just enough syntax to
// detect that an object was cut off and another one follows.
type objectScanner struct {
	// length is the number of scanned bytes; the length of the object once it is complete.
	length int
	// open are the brackets that have not been closed.
	open  [maxNesting]byte
	depth int
	// last is the last byte that was not a blank.
	last byte
	// quoted is true inside a string, escaped after a backslash in it.
	quoted, escaped bool
}

// scanResult is the state of an object.
type scanResult uint8

const (
	unfinished scanResult = iota
	complete
	invalid
)

// scan scans the bytes that were added to an object since the last call. object always starts with its first byte.
func (s *objectScanner) scan(object []byte) scanResult {
	for s.length < len(object) {
		c := object[s.length]
		s.length++
		if s.quoted {
			if !s.scanQuoted(c) {
				return invalid
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			if s.last != '{' && s.last != '[' && s.last != ',' && s.last != ':' {
				return invalid
			}
			s.quoted = true
		case '{', '[':
			if !s.mayOpen() {
				return invalid
			}
			s.open[s.depth] = c
			s.depth++
		case '}', ']':
			s.depth--
			if s.open[s.depth] != c-2 { // In ASCII, a closing bracket is two after its opening bracket.
				return invalid
			}
			if s.depth == 0 {
				return complete
			}
		}
		s.last = c
	}
	return unfinished
}

// scanQuoted scans a byte of a string. It returns false if the byte is not allowed there.
func (s *objectScanner) scanQuoted(c byte) bool {
	switch {
	case c < ' ':
		return false
	case s.escaped:
		s.escaped = false
	case c == '\\':
		s.escaped = true
	case c == '"':
		s.quoted, s.last = false, c
	}
	return true
}

// mayOpen reports whether an object or array can start here.
func (s *objectScanner) mayOpen() bool {
	switch s.depth {
	case 0:
		return true
	case maxNesting:
		return false
	}
	return s.last == ':' || s.last == '[' || s.last == ',' && s.open[s.depth-1] == '['
}
