// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"iter"
)

// Corpus yields n lines of a mixed flow log in the format of the given version,
// without its header, for tests and benchmarks: about ten days of ordinary
// traffic, dense enough for n, with all attacks of that version's account.
func Corpus(version int, seed uint64, n int) (iter.Seq[string], error) {
	if n < 1 {
		return nil, fmt.Errorf("records %d: a corpus needs at least one", n)
	}
	o := DefaultOptions()
	o.Seed, o.Records = seed, n
	l, err := NewLog(version, o)
	if err != nil {
		return nil, err
	}
	return func(yield func(string) bool) {
		var line []byte
		for r := range l.Records() {
			line = l.AppendLine(line[:0], r)
			if !yield(string(line)) {
				return
			}
		}
	}, nil
}

// Header is the header line of the format of the given version, or empty.
func Header(version int) string { return columns[version] }
