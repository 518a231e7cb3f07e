// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"unsafe"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/timeline"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// successes holds the accepted attempts of a source in order of time, one per second. Each is kept as long as an
// earlier failure may still arrive in time.
type successes []success

type success struct {
	t              int64
	dst            netip.Addr
	port           uint16
	protocol       uint8
	packets, bytes uint64
}

// maxSuccesses bounds the successes of a source.
const maxSuccesses = 1024

func newSuccess(ev *Event) success {
	return success{ev.Time, ev.Dst, ev.DstPort, ev.Protocol, ev.Packets, ev.Bytes}
}

// entry returns the success as the entry of a timeline.
func (s success) entry() timeline.Entry {
	return timeline.Entry{
		T: s.t, Packets: s.packets, Bytes: s.bytes, Addr: s.dst.As16(), Port: s.port, Extra: uint16(s.protocol), Counted: target.parts | timeline.Mark,
		Outcome: timeline.Accepted,
	}
}

// successOf returns the success of an entry.
func successOf(e *timeline.Entry) success {
	return success{e.T, netip.AddrFrom16(e.Addr).Unmap(), e.Port, uint8(e.Extra), e.Packets, e.Bytes}
}

// add adds a success, unless there is one at the same second, and returns the index of the success at that second.
func (s *successes) add(added success) int {
	at := s.since(added.t)
	if at == len(*s) || (*s)[at].t != added.t {
		if len(*s) == maxSuccesses {
			*s = (*s)[1:]
			at = max(at-1, 0)
		}
		*s = slices.Insert(*s, at, added)
	}
	return at
}

// bytes returns the memory of the successes.
func (s successes) bytes() int64 { return int64(cap(s)) * int64(unsafe.Sizeof(success{})) }

// dropBefore drops the successes before t.
func (s *successes) dropBefore(t int64) { *s = (*s)[s.since(t):] }

// since returns the index of the first success at or after t.
func (s *successes) since(t int64) int {
	i, _ := slices.BinarySearchFunc(*s, t, func(s success, t int64) int { return cmp.Compare(s.t, t) })
	return i
}

// newest returns the time of the last success, or 0 if there is none.
func (s *successes) newest() int64 {
	if len(*s) == 0 {
		return 0
	}
	return (*s)[len(*s)-1].t
}

func (s *successes) encode(e *encode.Encoder) {
	e.Uint(uint64(len(*s)))
	before := int64(0)
	for i := range *s {
		each := &(*s)[i]
		e.Uint(uint64(each.t - before))
		before = each.t
		e.Addr(each.dst)
		e.Uint(uint64(each.port))
		e.Text(protocolName(each.protocol))
		e.Uint(each.packets)
		e.Uint(each.bytes)
	}
}

func decodeSuccesses(d *encode.Decoder) (list successes) {
	t := int64(0)
	for range d.Count() {
		t += int64(d.UpTo(math.MaxInt32))
		list = append(list, success{t, d.Addr(), d.Port(), decodeProtocol(d), d.Uint(), d.Uint()})
	}
	return list
}

func decodeProtocol(d *encode.Decoder) uint8 {
	number, ok := flow.ProtocolNumber(d.Text())
	if !ok {
		d.Fail()
	}
	return number
}
