// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"iter"
)

// Corpus returns a sequence of n lines, without a header, in the format of the given version. It is for tests and
// benchmarks: ten days of ordinary traffic at the rate that gives n records, with all attacks of that version's account.
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

// Header returns the header line of the format of the given version, or an empty string.
func Header(version int) string { return columns[version] }
