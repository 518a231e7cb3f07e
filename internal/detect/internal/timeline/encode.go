// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package timeline

import (
	"iter"
	"math"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// Encode appends the timeline to e.
func (l *Timeline) Encode(e *encode.Encoder) { encodeEntries(e, l.Len(), l.all(), l.lost) }

// Encode appends the entry to e in the format of a Timeline.
func (s *Single) Encode(e *encode.Encoder) {
	var entries [1]Entry
	n := 0
	if !s.IsEmpty() {
		entries[0], n = s.Entry(), 1
	}
	encodeEntries(e, n, slices.Values(entries[:n]), 0)
}

func encodeEntries(e *encode.Encoder, n int, entries iter.Seq[Entry], lost int64) {
	e.Int(lost)
	e.Uint(uint64(n))
	before := int64(0)
	for entry := range entries {
		e.Uint(uint64(entry.T - before))
		before = entry.T
		e.Address(entry.Addr)
		e.Uint(uint64(entry.Port))
		e.Uint(uint64(entry.Extra))
		e.Uint(uint64(entry.Outcome))
		e.Uint(entry.Packets)
		e.Uint(entry.Bytes)
	}
}

// Decode reads a timeline with the given counted parts into l, which must be empty. It keeps the newest limit entries.
func (l *Timeline) Decode(d *encode.Decoder, counted Parts, limit int) {
	l.lost = d.Int()
	n := d.Count()
	var entries []Entry
	t := int64(0)
	for i := range n {
		t += int64(d.UpTo(math.MaxInt32))
		entry := Entry{
			T: t, Addr: d.Address(), Port: d.Port(), Extra: d.Port(), Counted: counted,
			Outcome: Outcome(d.UpTo(uint64(numOutcomes - 1))), Packets: d.Uint(), Bytes: d.Uint(),
		}
		if i < n-limit {
			l.lost = max(l.lost, t)
			continue
		}
		entries = append(entries, entry)
	}
	l.set(entries)
}
