// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// samples keeps the last flows of a key. Only keys near their threshold have samples. At first there is space for one
// flow, because most keys in a flood have only one.
type samples struct {
	first alert.Sample
	more  *[alert.MaxSamples - 1]alert.Sample
	seen  int
	// targets are the last destinations and ports of a key of a sum, at most maxTargets.
	targets timeline.Timeline
}

// addSample adds the flow to the samples in slot.
func addSample(slot **samples, ev *Event, n *names.Interner) {
	if *slot == nil {
		*slot = new(samples)
	}
	s := *slot
	if s.seen == 1 {
		s.more = new([alert.MaxSamples - 1]alert.Sample)
	}
	*s.at(s.seen % alert.MaxSamples) = sampleOf(ev, n)
	s.seen++
}

// at returns the place of a sample. The oldest one is replaced first.
func (s *samples) at(i int) *alert.Sample {
	if i == 0 {
		return &s.first
	}
	return &s.more[i-1]
}

// bytes returns the memory of the samples, which may be nil.
func (s *samples) bytes() int64 {
	if s == nil {
		return 0
	}
	n := int64(unsafe.Sizeof(*s)) + int64(s.targets.Bytes())
	if s.more != nil {
		n += int64(unsafe.Sizeof(*s.more))
	}
	return n
}

// len returns the number of samples that are kept.
func (s *samples) len() int { return min(s.seen, alert.MaxSamples) }

func sampleOf(ev *Event, n *names.Interner) alert.Sample {
	return alert.Sample{
		Source:      netip.AddrPortFrom(ev.Src, ev.SrcPort),
		Destination: netip.AddrPortFrom(ev.Dst, ev.DstPort),
		Protocol:    ev.Protocol,
		Action:      ev.Action,
		Packets:     ev.Packets,
		Bytes:       ev.Bytes,
		Time:        ev.Time,
		Interface:   n.Clean(ev.Interface),
	}
}

// since returns a copy of the flows at or after t, latest first.
func (s *samples) since(t int64) (list []alert.Sample) {
	if s == nil {
		return nil
	}
	for i := range s.len() {
		if sample := s.at((s.seen - 1 - i) % alert.MaxSamples); sample.Time >= t {
			list = append(list, *sample)
		}
	}
	slices.SortStableFunc(list, func(a, b alert.Sample) int { return cmp.Compare(b.Time, a.Time) })
	return list
}

// targetsSince returns the last destinations and ports at or after t, in order of time.
func (s *samples) targetsSince(t int64) []timeline.Entry {
	if s == nil {
		return nil
	}
	return s.targets.Since(t)
}

func (s *samples) encode(e *encode.Encoder) {
	if s == nil {
		e.Uint(0)
		return
	}
	e.Uint(uint64(s.seen))
	for i := range s.len() {
		f := s.at(i)
		e.Addr(f.Source.Addr())
		e.Addr(f.Destination.Addr())
		e.Uint(uint64(f.Source.Port()))
		e.Uint(uint64(f.Destination.Port()))
		e.Uint(uint64(f.Protocol))
		e.Uint(uint64(f.Action))
		e.Int(f.Time)
		e.Uint(f.Packets)
		e.Uint(f.Bytes)
		e.Text(f.Interface)
	}
	s.targets.Encode(e)
}

func decodeSamples(d *encode.Decoder, n *names.Interner) *samples {
	seen := int(d.UpTo(math.MaxInt64))
	if seen == 0 {
		return nil
	}
	s := &samples{seen: seen}
	if s.seen > 1 {
		s.more = new([alert.MaxSamples - 1]alert.Sample)
	}
	for i := range s.len() {
		src, dst, srcPort, dstPort := d.Addr(), d.Addr(), d.Port(), d.Port()
		*s.at(i) = alert.Sample{
			Source: netip.AddrPortFrom(src, srcPort), Destination: netip.AddrPortFrom(dst, dstPort),
			Protocol: uint8(d.UpTo(math.MaxUint8)), Action: flow.Action(d.UpTo(numActions - 1)),
			Time: d.Int(), Packets: d.Uint(), Bytes: d.Uint(), Interface: n.Clean(d.Text()),
		}
	}
	s.targets.Decode(d, target.parts, maxTargets)
	return s
}
