// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"sort"
	"strconv"
)

// Total counts flows.
type Total struct {
	Flows   uint64 `json:"flows"`
	Bytes   uint64 `json:"bytes"`
	Packets uint64 `json:"packets"`
}

func (t *Total) add(o Total) {
	t.Flows += o.Flows
	t.Bytes += o.Bytes
	t.Packets += o.Packets
}

// Measure ranks the entries of a Top.
type Measure string

// The measures.
const (
	Flows   Measure = "flows"
	Bytes   Measure = "bytes"
	Packets Measure = "packets"
)

func (m Measure) of(t Total) uint64 {
	switch m {
	case Bytes:
		return t.Bytes
	case Packets:
		return t.Packets
	}
	return t.Flows
}

// TopColumns lists the columns by which flows can be grouped.
var TopColumns = func() (names []string) {
	for i := range columns {
		if columns[i].large == nil {
			names = append(names, columns[i].name)
		}
	}
	return names
}()

// Entry is a value of a column with its flows.
type Entry struct {
	Value string `json:"value"`
	Total
}

// Top are the heaviest values of a column.
type Top struct {
	Entries []Entry
	// Total counts all flows of the query.
	Total Total
	// Error is zero if the entries are exact. There were more values than fit into memory otherwise: an entry may lack up to
	// Error, by the measure.
	Error uint64
}

// maxValues bounds the values in memory, about 100 bytes each.
const maxValues = 200_000

// Totals counts the flows of a query.
func (s *Store) Totals(ctx context.Context, q Query, progress Progress) (total Total, err error) {
	err = s.search(ctx, &q, progress, visitor{visit: func(found *scan) error {
		bytes, packets, err := found.amounts()
		if err != nil {
			return err
		}
		for _, row := range found.rows {
			total.add(Total{1, uint64(bytes[row]), uint64(packets[row])})
		}
		return nil
	}})
	return total, err
}

// amounts returns the bytes and packets of all rows.
func (s *scan) amounts() (bytes, packets []int64, err error) {
	b, err := s.column(bytesColumn)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.column(packetsColumn)
	return b.numbers, p.numbers, err
}

// TopOf groups the flows of a query by a column, which is one of TopColumns. It returns the n heaviest values.
func (s *Store) TopOf(ctx context.Context, q Query, by string, measure Measure, n int, progress Progress) (Top, error) {
	g := grouping{column: position(by), measure: measure, totals: map[string]Total{}, limit: maxValues}
	if err := s.search(ctx, &q, progress, visitor{visit: g.visit}); err != nil {
		return Top{}, err
	}
	return g.top(n), nil
}

// grouping adds up flows by the values of a column.
type grouping struct {
	column  int
	measure Measure
	totals  map[string]Total
	limit   int
	all     Total
	lost    uint64
}

func (g *grouping) visit(s *scan) error {
	v, err := s.column(g.column)
	if err != nil {
		return err
	}
	bytes, packets, err := s.amounts()
	if err != nil {
		return err
	}
	totals := make([]Total, max(len(v.texts), len(v.small)))
	for _, row := range s.rows {
		totals[v.indexes[row]].add(Total{1, uint64(bytes[row]), uint64(packets[row])})
	}
	for i, t := range totals {
		if t.Flows == 0 {
			continue
		}
		g.all.add(t)
		var key string
		if len(v.texts) > 0 {
			key = v.texts[i]
		} else {
			key = strconv.Itoa(int(v.small[i]))
		}
		sum := g.totals[key]
		sum.add(t)
		g.totals[key] = sum
	}
	g.prune()
	return nil
}

// prune drops the lighter half of the values when there are too many. A value that appears again lacks what was dropped.
func (g *grouping) prune() {
	if len(g.totals) <= g.limit {
		return
	}
	list := g.sorted()
	g.lost += g.measure.of(list[g.limit/2].Total)
	for _, e := range list[g.limit/2:] {
		delete(g.totals, e.Value)
	}
}

// sorted returns the values, heaviest first.
func (g *grouping) sorted() []Entry {
	list := make([]Entry, 0, len(g.totals))
	for value, t := range g.totals {
		list = append(list, Entry{value, t})
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := g.measure.of(list[i].Total), g.measure.of(list[j].Total)
		return a > b || a == b && list[i].Value < list[j].Value
	})
	return list
}

func (g *grouping) top(n int) Top {
	list := g.sorted()
	return Top{Entries: list[:min(n, len(list))], Total: g.all, Error: g.lost}
}
