// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"strconv"
)

// Skipped says which entries of a threat list were not taken.
type Skipped struct {
	// Count is how many there were.
	Count int
	// First are the first few of them.
	First []*EntryError
}

// maxFirst is how many refused entries are kept: enough to see what is wrong with a file that is not a list at all.
const maxFirst = 10

func (r *Skipped) add(err *EntryError) {
	r.Count++
	if len(r.First) < maxFirst {
		r.First = append(r.First, err)
	}
}

// EntryError says why one entry of a threat list was refused.
type EntryError struct {
	// List is the file or the name of the list.
	List string
	// Line is the entry's line, the first being 1; zero in a document that is not made of lines.
	Line int
	// Place is where the entry stands in a document that is not made of lines, such as objects[3].
	Place string
	// Value is the entry as it stands there.
	Value string
	// Reason says what is wrong with it.
	Reason string
}

func (e *EntryError) Error() string {
	place := e.Place
	if e.Line > 0 {
		place = strconv.Itoa(e.Line)
	}
	return fmt.Sprintf("%s:%s: %q %s", e.List, place, e.Value, e.Reason)
}
