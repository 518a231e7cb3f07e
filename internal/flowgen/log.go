// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
)

// Log is the flow log of one site.
type Log struct {
	*Site
	opts    Options
	rate    float64
	scripts []Conversation // by start
}

// model is one kind of ordinary traffic, played minute by minute.
type model interface{ play(m *minute) }

// minute is what a model sees of the minute it plays, and where it talks.
type minute struct {
	begin, start int64 // Unix time of the log's and of this minute's start
	rate         float64
	rng          *rand.Rand
	site         *Site
	ports        map[netip.Addr]uint16
	emit         func(Record)
}

// talk adds a conversation.
func (m *minute) talk(c Conversation) { m.site.records(c, m.emit) }

// second picks a second of the minute.
func (m *minute) second() int64 { return m.start + m.rng.Int64N(60) }

// times says how often something happens in this minute that happens perDay
// times on a day that is busy throughout.
func (m *minute) times(perDay, busy float64) int {
	expected := perDay * busy * m.rate / 1440
	n := int(expected)
	if m.rng.Float64() < expected-float64(n) {
		n++
	}
	return n
}

// port is the client's next ephemeral port. Linux takes every second one.
func (m *minute) port(client netip.Addr) uint16 {
	const low, high = 32768, 60999
	p, known := m.ports[client]
	if p += 2; !known || p > high {
		p = low + uint16(m.rng.IntN(1000))
	}
	m.ports[client] = p
	return p
}

// NewLog prepares the flow log of the site with the given format version.
func NewLog(version int, o Options) (*Log, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	site, err := siteOfVersion(version)
	if err != nil {
		return nil, err
	}
	l := &Log{Site: site, opts: o, rate: o.Rate}
	for _, s := range o.played() {
		if s.Site == site.Name {
			l.scripts = append(l.scripts, s.from(o.Start.Unix())...)
		}
	}
	slices.SortStableFunc(l.scripts, func(a, b Conversation) int { return int(a.Start - b.Start) })
	if o.Records > 0 {
		const least = 0.01
		l.rate = max(least, float64(o.Records-l.leastRecords())/(paces[version].growing*float64(o.Days)))
	}
	return l, nil
}

// leastRecords is about how many records the log's days have whatever the rate.
func (l *Log) leastRecords() int {
	n := int(paces[l.Version].fixed * float64(l.opts.Days))
	for _, c := range l.scripts {
		l.records(c, func(Record) { n++ })
	}
	return n
}

// Records yields the records in the order in which AWS delivers them: by the end
// of their aggregation interval. A record is only valid until the next one.
func (l *Log) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		begin := l.opts.Start.Unix()
		arriving := make(map[int64][]Record) // by minute
		m := &minute{begin: begin, rate: l.rate, site: l.Site, ports: make(map[netip.Addr]uint16)}
		m.emit = func(r Record) { arriving[(r.arrival-1)/60] = append(arriving[(r.arrival-1)/60], r) }

		models := l.models()
		sources := make([]*rand.Rand, len(models))
		for i := range models {
			sources[i] = rand.New(rand.NewPCG(l.opts.Seed, identity(l.Name, string(rune(i)))))
		}
		scripts := l.scripts
		end := begin + int64(l.opts.length().Seconds())
		left := l.opts.Records
		for m.start = begin; l.opts.Records > 0 || m.start < end; m.start += 60 {
			for i, model := range models {
				m.rng = sources[i]
				model.play(m)
			}
			for ; len(scripts) > 0 && scripts[0].Start < m.start+60; scripts = scripts[1:] {
				m.talk(scripts[0])
			}
			batch := arriving[m.start/60]
			delete(arriving, m.start/60)
			slices.SortStableFunc(batch, func(a, b Record) int { return int(a.arrival - b.arrival) })
			for i := range batch {
				if !yield(&batch[i]) {
					return
				}
				left--
				if left == 0 {
					return
				}
			}
		}
	}
}
