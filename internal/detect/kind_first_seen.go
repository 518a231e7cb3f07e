// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// firstSeen is a rule that fires when a key was not seen within the retention. It remembers exactly, up to its bound.
// A late flow teaches but does not alert, and neither does one within a scope's learning period, nor a country
// that only a change of the country table made.
type firstSeen struct {
	base
	qualifies func(*Event) bool
	key       func(*Event) key
	parts     func(*Event) []string
	table     *table[lastSeen]
	journal   *journal[lastSeen]
}

// lastSeen is the greatest time at which a key was seen, in Unix seconds: 32 bits last until 2106.
type lastSeen uint32

func newFirstSeen(b base, k func(*Event) key, parts func(*Event) []string, qualifies func(*Event) bool) observer {
	b.gauge = AfterStart
	f := &firstSeen{base: b, qualifies: qualifies, key: k, parts: parts, table: newTable[lastSeen](b.set.MaxKeys)}
	f.table.stale = func(k *key, last *lastSeen) bool { return f.past(k.scope, int64(*last)+f.retention) }
	f.journal = newJournal(&f.base, f.table, f.encode, f.decode, nil)
	return f
}

func (f *firstSeen) size() (int, int64) { return f.table.len(), f.table.evicted }

func (f *firstSeen) saver() saver { return f.journal }

func (f *firstSeen) observe(ev *Event) {
	if !f.qualifies(ev) || f.removed(ev) {
		return
	}
	k := f.key(ev)
	k.scope = ev.scope.id
	last, created := f.table.touch(&k)
	isNew := created || ev.Time-int64(*last) > f.retention
	*last = max(*last, lastSeen(ev.Time))
	if isNew && f.engine.keeps {
		f.engine.news++
		if f.engine.news <= maxFresh {
			f.journal.fresh = append(f.journal.fresh, f.table.newest)
		}
	}
	switch {
	case !isNew:
	case ev.late:
		f.stats.Suppressed[Late]++
	case ev.Time < ev.scope.first+f.learning:
		f.stats.Suppressed[Learning]++
		f.survey(&k, ev)
	case k.country != country{} && f.engine.moved(ev):
		f.stats.Suppressed[DatabaseChange]++
	default:
		f.survey(&k, ev)
		f.fire(ev)
	}
}

// survey notes how long after the scope's first flow a key is new.
func (f *firstSeen) survey(k *key, ev *Event) {
	if f.peaks != nil {
		f.peaks.raise(k, math.MaxInt64, func() int64 { return ev.Time - ev.scope.first })
	}
}

func (f *firstSeen) fire(ev *Event) {
	a := f.alert(ev, alert.Opened, f.severity(f.Severity), 1)
	a.Threshold = 1
	a.UID = alert.UID(f.ID, ev.scope.name, f.parts(ev), ev.Time)
	a.Destination, a.DestinationPort, a.Transport = ev.Dst, ev.DstPort, transport(ev)
	a.FirstSeen, a.LastSeen = ev.Time, ev.Time
	a.Flows, a.Packets, a.Bytes = 1, clamp(ev.Packets), clamp(ev.Bytes)
	a.Samples = []alert.Sample{f.engine.sample(ev)}
	a.Body = f.sentence(a, extent{memory: f.retention})
	f.engine.tell(&f.base, a)
}

func (*firstSeen) encode(e *encoder, last *lastSeen) { e.uint(uint64(*last)) }

func (*firstSeen) decode(d *decoder, last *lastSeen) { *last = lastSeen(d.upTo(math.MaxUint32)) }
