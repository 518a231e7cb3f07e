// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"sort"

	"github.com/cespare/xxhash/v2"
)

// Sort is the order of a page. The largest values come first.
type Sort string

// The orders.
const (
	ByTime    Sort = "time"
	ByBytes   Sort = "bytes"
	ByPackets Sort = "packets"
)

// MaxPage bounds the flows of a page.
const MaxPage = 10_000

// Position is the position of a flow in an order. Flows with equal values and times are ordered by a hash. Seen is the number
// of identical flows up to the position.
type Position struct {
	Value, Start int64
	Hash         uint64
	Seen         int
}

func (p *Position) compare(o *Position) int {
	return cmp.Or(cmp.Compare(p.Value, o.Value), cmp.Compare(p.Start, o.Start), cmp.Compare(p.Hash, o.Hash))
}

// Page is a page of flows.
type Page struct {
	Rows []Row
	// Next is the position of the last flow if there are more flows, or else nil.
	Next *Position
}

// Search returns the first flows in an order, or those after a position.
func (s *Store) Search(ctx context.Context, q Query, order Sort, limit int, after *Position) (Page, error) {
	p := &pager{keep: limit + 1, after: after, column: startColumn}
	switch order {
	case ByBytes:
		p.column = bytesColumn
	case ByPackets:
		p.column = packetsColumn
	}
	if after != nil {
		p.keep += after.Seen
	}
	if err := s.search(ctx, &q, func(int, int) {}, visitor{skip: p.skip, visit: p.visit}); err != nil {
		return Page{}, err
	}
	return p.page(limit), nil
}

// candidate is a flow that may be on the page. Its row is read when its row group has been searched.
type candidate struct {
	Position
	index int32
	row   *Row
}

// pager keeps the first flows of an order. It is a heap with the last of them on top.
type pager struct {
	list   []candidate
	keep   int
	column int
	after  *Position
}

func (p *pager) Len() int           { return len(p.list) }
func (p *pager) Less(i, j int) bool { return p.list[i].compare(&p.list[j].Position) < 0 }
func (p *pager) Swap(i, j int)      { p.list[i], p.list[j] = p.list[j], p.list[i] }
func (p *pager) Push(x any)         { p.list = append(p.list, x.(candidate)) }
func (p *pager) Pop() any {
	last := p.list[len(p.list)-1]
	p.list = p.list[:len(p.list)-1]
	return last
}

// skip reports whether all flows of a row group come after those on the page, or before it.
func (p *pager) skip(g *group) bool {
	least, most, ok := g.bounds(p.column)
	switch {
	case !ok:
		return false
	case p.after != nil && least > p.after.Value:
		return true
	}
	return len(p.list) == p.keep && most < p.list[0].Value
}

func (p *pager) visit(s *scan) error {
	v, err := s.column(p.column)
	if err != nil {
		return err
	}
	start, err := s.column(startColumn)
	if err != nil {
		return err
	}
	for _, row := range s.rows {
		c := candidate{Position: Position{Value: v.numbers[row], Start: start.numbers[row]}, index: row}
		if !p.wants(&c.Position) {
			continue
		}
		if c.Hash, err = s.hash(row); err != nil {
			return err
		}
		p.add(c)
	}
	return s.materialize(p.list)
}

// wants reports whether a flow may be on the page, before its hash is known.
func (p *pager) wants(c *Position) bool {
	order := func(o *Position) int { return cmp.Or(cmp.Compare(c.Value, o.Value), cmp.Compare(c.Start, o.Start)) }
	if p.after != nil && order(p.after) > 0 {
		return false
	}
	return len(p.list) < p.keep || order(&p.list[0].Position) >= 0
}

func (p *pager) add(c candidate) {
	if p.after != nil && c.compare(p.after) > 0 {
		return
	}
	heap.Push(p, c)
	if len(p.list) > p.keep {
		heap.Pop(p)
	}
}

// page returns the flows after the position.
func (p *pager) page(limit int) (page Page) {
	sort.Slice(p.list, func(i, j int) bool { return p.list[i].compare(&p.list[j].Position) > 0 })
	if p.after != nil {
		seen := 0
		for seen < min(p.after.Seen, len(p.list)) && p.list[seen].compare(p.after) == 0 {
			seen++
		}
		p.list = p.list[seen:]
	}
	for i := range p.list[:min(limit, len(p.list))] {
		page.Rows = append(page.Rows, *p.list[i].row)
	}
	if len(p.list) > limit && limit > 0 {
		last := p.list[limit-1].Position
		for i := range limit {
			if p.list[i].compare(&last) == 0 {
				last.Seen++
			}
		}
		if p.after != nil && p.after.compare(&last) == 0 {
			last.Seen += p.after.Seen
		}
		page.Next = &last
	}
	return page
}

// hashed lists the columns in the hash of a row.
var hashed = []int{position("srcaddr"), position("dstaddr"), position("srcport"), position("dstport"), bytesColumn, packetsColumn}

// hash returns a hash of a row that does not depend on the file.
func (s *scan) hash(row int32) (uint64, error) {
	var r Row
	for _, position := range hashed {
		v, err := s.column(position)
		if err != nil {
			return 0, err
		}
		v.set(&columns[position], int(row), &r)
	}
	data := append([]byte(r.Source), 0)
	data = append(append(data, r.Destination...), 0)
	for _, n := range []int64{int64(r.SourcePort), int64(r.DestinationPort), r.Bytes, r.Packets} {
		data = binary.LittleEndian.AppendUint64(data, uint64(n))
	}
	return xxhash.Sum64(data), nil
}

// materialize reads the rows of the candidates from this row group.
func (s *scan) materialize(list []candidate) error {
	for i := range list {
		c := &list[i]
		if c.row != nil {
			continue
		}
		c.row = &Row{}
		for position := range columns {
			v, err := s.column(position)
			if err != nil {
				return err
			}
			v.set(&columns[position], int(c.index), c.row)
		}
	}
	return nil
}
