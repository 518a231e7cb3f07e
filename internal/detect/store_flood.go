// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
)

// returnedKey is the storage key of what came back to the keys of a flood.
const returnedKey = "returned"

// floodsOf returns the parts of a rule that compares sums with what comes back, or nil.
func floodsOf(r *runningRule) (floods []*flood) {
	for _, part := range r.parts {
		if f, isFlood := part.(*flood); isFlood {
			floods = append(floods, f)
		}
	}
	return floods
}

func returnedSavers(floods []*flood) (list []saver) {
	for _, f := range floods {
		list = append(list, f.returned.log)
	}
	return list
}

func returnedParts(floods []*flood) (list []bounded) {
	for _, f := range floods {
		list = append(list, f.returned)
	}
	return list
}

// loadReturned restores what came back.
func (e *Engine) loadReturned(get func(string) ([]byte, error)) error {
	if e.floods == nil {
		return nil
	}
	shape := e.floods[0].shape()
	err := e.load(dividedState{returnedKey, shape, returnedSavers(e.floods), func(number int) []saver {
		former := e.formerRule(e.floods[0].Rule, number)
		floods := floodsOf(&former)
		for _, f := range floods {
			e.shrinkWhileLoading(f.returned.log, f.returned, number)
		}
		return returnedSavers(floods)
	}}, get)
	e.budget.check()
	return err
}

// encode writes the panes and their heads, and what only an extra has.
func (f *flood) encode(e *encode.Encoder, state *floodState) {
	x, extra := f.extras.get(state.extra), uint64(1)
	if x == nil {
		x, extra = &floodExtra{panes: state.only.panes(), heads: []paneHead{state.only.head()}}, 0
	}
	x.panes.Encode(e)
	e.Uint(extra)
	before := uint32(0) // most panes of a key are from the same place
	for i := range x.heads {
		h := &x.heads[i]
		e.Uint(uint64(h.latest - h.start))
		e.Uint(h.number)
		e.Uint(uint64(h.evidence))
		if h.place == before {
			e.Uint(0)
			continue
		}
		before = h.place
		from := f.places.at(h.place)
		e.Uint(1)
		e.Text(from.account)
		e.Text(from.region)
	}
	if extra == 1 {
		encodeEpisode(e, x.episode)
		x.samples.encode(e)
	}
}

func (f *flood) decode(d *encode.Decoder, state *floodState) {
	n := f.table.Newest()
	x := floodExtra{key: f.table.Key(n), deadline: deadline{place: notQueued}}
	x.panes.Decode(d)
	hasExtra := d.UpTo(1) == 1
	before := uint32(0)
	for _, p := range x.panes.List() {
		if p.T > math.MaxUint32 {
			d.Fail()
		}
		h := paneHead{start: uint32(p.T), latest: uint32(p.T) + uint32(d.UpTo(math.MaxUint32)), number: d.Uint()}
		h.evidence = uint8(d.UpTo(uint64(len(evidences) - 1)))
		if d.UpTo(1) == 1 {
			before = f.places.add(d.Text(), d.Text())
		}
		h.place = before
		x.heads = append(x.heads, h)
	}
	switch {
	case x.panes.Len() == 0, !hasExtra && x.panes.Len() > 1:
		d.Fail()
		return
	case hasExtra:
		x.episode, x.samples = f.decodeEpisode(d), decodeSamples(d, f.shared.names)
	case state.only.set(&x.panes.List()[0], &x.heads[0]):
		f.extras.remove(n)
		return
	}
	*state = floodState{extra: n}
	f.extras.put(n, x)
}
