// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"encoding/binary"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// bounds returns the minimum and the maximum of a column of numbers. It returns false if they are unknown.
func (g *group) bounds(position int) (least, most int64, ok bool) {
	s := g.statistics(position)
	if len(s.MinValue) != 8 || len(s.MaxValue) != 8 {
		return 0, 0, false
	}
	return int64(binary.LittleEndian.Uint64(s.MinValue)), int64(binary.LittleEndian.Uint64(s.MaxValue)), true
}

func (g *group) statistics(position int) *format.Statistics {
	return &g.meta.Columns[g.positions[position]].MetaData.Statistics
}

// mayMatch reports whether the statistics and Bloom filters allow a match.
func (g *group) mayMatch(list []condition) (bool, error) {
	for i := range list {
		c := &list[i]
		if c.least > 0 {
			if _, most, ok := g.bounds(c.columns[0]); ok && most < c.least {
				return false, nil
			}
		}
		if c.exact == "" {
			continue
		}
		found := false
		for _, position := range c.columns {
			may, err := g.mayContain(position, c.exact)
			if err != nil {
				return false, err
			}
			found = found || may
		}
		if !found {
			return false, nil
		}
	}
	return true, nil
}

// mayContain reports whether a column may contain a text.
func (g *group) mayContain(position int, text string) (bool, error) {
	s := g.statistics(position)
	if len(s.MaxValue) > 0 && (text < string(s.MinValue) || text > string(s.MaxValue)) {
		return false, nil
	}
	filter := g.chunks[position].BloomFilter()
	if filter == nil {
		return true, nil
	}
	return filter.Check(parquet.ByteArrayValue([]byte(text)))
}
