// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// maxNesting bounds how deep objects and arrays of a document may stand in each other. It also bounds how often the same
// bytes are looked at when what seemed the beginning of a document turns out to be none.
const maxNesting = 32

// frame finds the end of a JSON object without reading what it says. It is only as strict as it takes to notice early
// that an object was cut off and another one follows.
type frame struct {
	// length is how much of the object has been looked at, in bytes; all of it once it is whole.
	length int
	// open are the brackets that are open.
	open  [maxNesting]byte
	depth int
	// last is the last byte that was no blank.
	last byte
	// quoted is inside of a string, escaped behind a backslash there.
	quoted, escaped bool
}

// verdict is what a frame has found out.
type verdict uint8

const (
	unfinished verdict = iota
	whole
	broken
)

// scan goes on through the object, which is all that is known of it from its first byte.
func (f *frame) scan(object []byte) verdict {
	for f.length < len(object) {
		c := object[f.length]
		f.length++
		if f.quoted {
			if !f.quote(c) {
				return broken
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			if f.last != '{' && f.last != '[' && f.last != ',' && f.last != ':' {
				return broken
			}
			f.quoted = true
		case '{', '[':
			if !f.mayOpen() {
				return broken
			}
			f.open[f.depth] = c
			f.depth++
		case '}', ']':
			f.depth--
			if f.open[f.depth] != c-2 { // In ASCII, each bracket stands two before the one that closes it.
				return broken
			}
			if f.depth == 0 {
				return whole
			}
		}
		f.last = c
	}
	return unfinished
}

// quote takes a byte inside of a string; false where it cannot stand there.
func (f *frame) quote(c byte) bool {
	switch {
	case c < ' ':
		return false
	case f.escaped:
		f.escaped = false
	case c == '\\':
		f.escaped = true
	case c == '"':
		f.quoted, f.last = false, c
	}
	return true
}

// mayOpen says that an object or array can begin here.
func (f *frame) mayOpen() bool {
	switch f.depth {
	case 0:
		return true
	case maxNesting:
		return false
	}
	return f.last == ':' || f.last == '[' || f.last == ',' && f.open[f.depth-1] == '['
}
