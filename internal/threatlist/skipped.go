// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"strconv"
)

const (
	// maxFirst is the number of skipped entries that are kept. Ten are enough to recognize a file that is not a list.
	maxFirst = 10
	// maxEntry is the greatest length of a value in a message. It exceeds the length of any valid entry.
	maxEntry = 64
)

// Skipped are the invalid entries of a threat list.
type Skipped struct {
	// Count is their number.
	Count int
	// First are the first ten of them.
	First []*EntryError
}

func (s *Skipped) add(err *EntryError) {
	s.Count++
	if len(s.First) < maxFirst {
		s.First = append(s.First, err)
	}
}

// EntryError reports an invalid entry of a threat list.
type EntryError struct {
	// List is the file or the name of the list.
	List string
	// Line is the line of the entry, counted from 1. It is zero if the list does not consist of lines.
	Line int
	// Element is the entry's element in a list that does not consist of lines, such as objects[3].
	Element string
	// Value is the entry, cut to 64 bytes.
	Value string
	// Reason completes a sentence that begins with the value, such as "is wider than /8".
	Reason string
}

func (e *EntryError) Error() string {
	at := e.Element
	if e.Line > 0 {
		at = strconv.Itoa(e.Line)
	}
	return fmt.Sprintf("%s:%s: %q %s", e.List, at, e.Value, e.Reason)
}
