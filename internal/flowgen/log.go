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
	models  []model
	scripts []Conversation // sorted by start
}

// NewLog returns the flow log of the site with the given format version.
func NewLog(version int, o Options) (*Log, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	site, err := siteOfVersion(version)
	if err != nil {
		return nil, err
	}
	l := &Log{Site: site, opts: o, rate: o.Rate, models: modelsOf(site)}
	for _, s := range o.played() {
		if s.Site == site.Name {
			l.scripts = append(l.scripts, s.conversationsFrom(o.Start.Unix())...)
		}
	}
	slices.SortStableFunc(l.scripts, func(a, b Conversation) int { return int(a.Start - b.Start) })
	if o.Records > 0 {
		const minRate = 0.01
		perDay := recordsPerDay[version]
		l.rate = max(minRate, float64(o.Records-l.minRecords())/(perDay.scaled*float64(o.Days)))
	}
	return l, nil
}

// minRecords estimates the number of records that do not depend on the rate.
func (l *Log) minRecords() int {
	n := int(recordsPerDay[l.Version].fixed * float64(l.opts.Days))
	for _, c := range l.scripts {
		l.records(c, func(Record) { n++ })
	}
	return n
}

// Records yields the records in the order in which AWS delivers them: by the end of their aggregation interval. A record
// is only valid until the next one.
func (l *Log) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		begin := l.opts.Start.Unix()
		arriving := make(map[int64][]Record) // by minute of arrival
		m := &minute{begin: begin, rate: l.rate, site: l.Site, ports: make(map[netip.Addr]uint16)}
		m.emit = func(r Record) { arriving[(r.arrival-1)/60] = append(arriving[(r.arrival-1)/60], r) }

		sources := make([]*rand.Rand, len(l.models))
		for i := range sources {
			sources[i] = rand.New(rand.NewPCG(l.opts.Seed, identity(l.Name, string(rune(i)))))
		}
		scripts := l.scripts
		end := begin + int64(l.opts.length().Seconds())
		remaining := l.opts.Records // counts below zero if there is no limit
		for m.start = begin; l.opts.Records > 0 || m.start < end; m.start += 60 {
			for i, model := range l.models {
				m.rng = sources[i]
				model.play(m)
			}
			for ; len(scripts) > 0 && scripts[0].Start < m.start+60; scripts = scripts[1:] {
				m.add(scripts[0])
			}
			batch := arriving[m.start/60]
			delete(arriving, m.start/60)
			slices.SortStableFunc(batch, func(a, b Record) int { return int(a.arrival - b.arrival) })
			for i := range batch {
				if !yield(&batch[i]) {
					return
				}
				remaining--
				if remaining == 0 {
					return
				}
			}
		}
	}
}
