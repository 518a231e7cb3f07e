// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// The storage keys of the inventory.
const (
	ownersKey     = "inventory"
	interfacesKey = "interfaces"
)

func ownersLog(table *lru.Table[inventory.History], clean *names.Interner) *changeLog[inventory.History] {
	return &changeLog[inventory.History]{
		key:    ownersKey,
		table:  table,
		encode: encodeHistory,
		decode: func(d *encode.Decoder, h *inventory.History) { decodeHistory(d, h, clean) },
	}
}

func encodeHistory(e *encode.Encoder, h *inventory.History) {
	spans := h.Spans()
	e.Uint(uint64(len(spans)))
	for i := range spans {
		s := &spans[i]
		e.Int(s.Since)
		e.Int(s.Last)
		e.Bool(s.Weak)
		for _, field := range s.Fields() {
			e.Text(*field)
		}
	}
}

func decodeHistory(d *encode.Decoder, h *inventory.History, clean *names.Interner) {
	spans := make([]inventory.Span, d.UpTo(inventory.MaxSpans))
	for i := range spans {
		s := &spans[i]
		s.Since, s.Last, s.Weak = d.Int(), d.Int(), d.Bool()
		if s.Last < s.Since || i > 0 && s.Since < spans[i-1].Since {
			d.Fail()
		}
		for _, field := range s.Fields() {
			*field = clean.Clean(d.Text())
		}
	}
	h.Restore(spans)
}

func interfacesLog(table *lru.Table[inventory.Candidates]) *changeLog[inventory.Candidates] {
	return &changeLog[inventory.Candidates]{
		key:   interfacesKey,
		table: table,
		encode: func(e *encode.Encoder, c *inventory.Candidates) {
			e.Addr(c.First)
			e.Addr(c.Second)
			e.Uint(uint64(c.Restarts))
		},
		decode: func(d *encode.Decoder, c *inventory.Candidates) {
			c.First, c.Second, c.Restarts = d.Addr(), d.Addr(), uint32(d.UpTo(math.MaxUint32))
			if !c.First.IsValid() {
				d.Fail()
			}
		},
	}
}
