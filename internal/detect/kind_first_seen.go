// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/encode"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
)

// firstSeen is a kind of rule that alerts on a key that was not seen within the retention. The table of known keys is
// exact up to max_keys. Some flows make a key known without an alert: late flows, flows in the learning period of the
// scope, and countries that are new only because the country table changed.
type firstSeen struct {
	base
	keyed[lastSeen]
}

// lastSeen is the greatest time at which a key was seen, in Unix seconds. 32 bits are enough until 2106.
type lastSeen uint32

func newFirstSeen(b base) observer {
	b.measures = AfterStart
	f := &firstSeen{base: b}
	f.keyed = newKeyed(&f.base, codec[lastSeen]{
		encode: func(e *encode.Encoder, last *lastSeen) { e.Uint(uint64(*last)) },
		decode: func(d *encode.Decoder, last *lastSeen) { *last = lastSeen(d.UpTo(math.MaxUint32)) },
		last:   func(last *lastSeen) int64 { return int64(*last) },
	})
	f.table.Stale = func(scope uint32, last *lastSeen) bool { return f.settled(scope, int64(*last)+f.retention) }
	return f
}

func (f *firstSeen) observe(ev *Event) {
	if !f.matcher.has(ev) || f.ignored() {
		return
	}
	l := f.keyOf(ev)
	k := l.Key()
	last, created := f.table.TouchAt(l)
	isNew := created || ev.Time-int64(*last) > f.retention
	*last = max(*last, lastSeen(ev.Time))
	if isNew && f.shared.saving {
		f.noteNew()
	}
	switch {
	case !isNew:
	case ev.late:
		f.stats.Suppressed[Late]++
	case ev.Time < ev.first+f.learning:
		f.stats.Suppressed[Learning]++
		f.record(k, ev)
	case k.Country != country{} && f.shared.countryTableChanged(ev):
		f.stats.Suppressed[DatabaseChange]++
	default:
		f.record(k, ev)
		f.alert(ev)
	}
}

// noteNew notes that the most recently touched key is new and has to be saved before its alert leaves.
func (f *firstSeen) noteNew() {
	f.shared.newKeys++
	if f.shared.newKeys <= maxNewKeys {
		f.log.newKeys = append(f.log.newKeys, f.table.Newest())
	}
}

// record adds the time from the first flow of the scope until now to the threshold profile of a new key.
func (f *firstSeen) record(k *lru.Key, ev *Event) {
	if f.recorder != nil {
		f.recorder.Raise(k, math.MaxInt64, func() int64 { return ev.Time - ev.first })
	}
}

func (f *firstSeen) alert(ev *Event) {
	a := f.newAlert(ev, alert.Opened, f.severityOr(f.severityFor(ev)), 1)
	a.Threshold = 1
	a.Destination, a.Transport = ev.Dst, protocolName(ev.Protocol)
	a.FirstSeen, a.LastSeen = ev.Time, ev.Time
	a.Flows, a.Packets, a.Bytes = 1, clamp(ev.Packets), clamp(ev.Bytes)
	if ev.accepted {
		a.AcceptedFlows = 1
	}
	if !f.portsOfSource {
		a.DestinationPort = ev.DstPort
	}
	if ev.accepted && !f.portsOfSource {
		a.AcceptedTargets = []netip.AddrPort{netip.AddrPortFrom(ev.Dst, ev.DstPort)}
	}
	a.Samples = []alert.Sample{sampleOf(ev, f.shared.names)}
	f.emit(ev, a, ev.Time, details{Retention: f.retention, Key: f.shownKey(ev)})
}
