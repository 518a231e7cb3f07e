// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
)

// ErrBusy means that too many searches are running.
var ErrBusy = errors.New("too many searches are running")

// maxSearches bounds the searches that run at the same time. Each takes up to about 30 MB.
const maxSearches = 4

// Progress is called during a search with the number of finished row groups and of all.
type Progress func(done, all int)

// scan is a search in one row group. It reads each column once, when it is needed.
type scan struct {
	*group
	read map[int]values
	// rows are the positions of the matching rows.
	rows []int32
}

// column returns the values of a column.
func (s *scan) column(position int) (values, error) {
	if v, ok := s.read[position]; ok {
		return v, nil
	}
	v, err := s.group.read(position)
	s.read[position] = v
	return v, err
}

// visitor handles the matching rows of a row group.
type visitor struct {
	// skip reports whether no row of a group can matter.
	skip  func(*group) bool
	visit func(*scan) error
}

// search visits all row groups that may have matching flows, the latest first.
func (s *Store) search(ctx context.Context, q *Query, progress Progress, v visitor) error {
	select {
	case s.searches <- struct{}{}:
		defer func() { <-s.searches }()
	default:
		return ErrBusy
	}
	conditions := q.conditions()
	hours, release := s.files.acquire(q.From, q.To)
	defer release()
	all := 0
	for _, files := range hours {
		for _, f := range files {
			all += f.groups()
		}
	}
	done := 0
	for _, files := range hours {
		n, err := s.searchHour(ctx, files, q, conditions, v, func(n int) { progress(done+n, all) })
		if err != nil {
			return err
		}
		done += n
		progress(done, all)
	}
	return nil
}

// searchHour visits the row groups of an hour, and returns their number.
func (s *Store) searchHour(ctx context.Context, files []*file, q *Query, conditions []condition, v visitor, progress func(int)) (int, error) {
	var groups []group
	var readers []*reader
	defer func() {
		for _, r := range readers {
			r.close()
		}
	}()
	for _, f := range files {
		r, err := openReader(f.path(s.settings.Directory))
		if err != nil {
			s.files.markUnreadable(f)
			continue
		}
		readers = append(readers, r)
		groups = append(groups, r.groups()...)
	}
	sort.Slice(groups, func(i, j int) bool { return groups[i].latest() > groups[j].latest() })
	for i := range groups {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("search flows: %w", err)
		}
		progress(i)
		err := recoverPanic(func() error { return searchGroup(&groups[i], q, conditions, v) })
		if err != nil {
			return 0, fmt.Errorf("search flows: %w", err)
		}
	}
	return len(groups), nil
}

// latest returns the latest start in the group.
func (g *group) latest() int64 {
	if _, most, ok := g.bounds(startColumn); ok {
		return most
	}
	return math.MaxInt64
}

func searchGroup(g *group, q *Query, conditions []condition, v visitor) error {
	first, last, ok := g.bounds(startColumn)
	if ok && (last < q.From || first >= q.To) || v.skip != nil && v.skip(g) {
		return nil
	}
	if may, err := g.mayMatch(conditions); !may || err != nil {
		return err
	}
	s := &scan{group: g, read: map[int]values{}}
	low, high := 0, g.rows
	if !ok || first < q.From || last >= q.To {
		start, err := s.column(startColumn)
		if err != nil {
			return err
		}
		low = sort.Search(g.rows, func(i int) bool { return start.numbers[i] >= q.From })
		high = sort.Search(g.rows, func(i int) bool { return start.numbers[i] >= q.To })
	}
	s.rows = make([]int32, 0, max(high-low, 0))
	for i := low; i < high; i++ {
		s.rows = append(s.rows, int32(i))
	}
	for i := range conditions {
		if len(s.rows) == 0 {
			return nil
		}
		if err := s.filter(&conditions[i]); err != nil {
			return err
		}
	}
	if len(s.rows) == 0 {
		return nil
	}
	return v.visit(s)
}

// filter keeps the rows that match a condition.
func (s *scan) filter(c *condition) error {
	var matches [2]func(int32) bool
	for i, position := range c.columns {
		v, err := s.column(position)
		if err != nil {
			return err
		}
		matches[i] = c.matcher(&v)
	}
	s.rows = slices.DeleteFunc(s.rows, func(row int32) bool {
		return !matches[0](row) && (matches[1] == nil || !matches[1](row))
	})
	return nil
}

// matcher returns a function that reports whether a row matches. It tests each value of a dictionary only once.
func (c *condition) matcher(v *values) func(int32) bool {
	if c.large != nil {
		return func(row int32) bool { return c.large(v.numbers[row]) }
	}
	found := make([]bool, max(len(v.texts), len(v.small)))
	for i := range found {
		if c.text != nil {
			found[i] = c.text(v.texts[i])
		} else {
			found[i] = c.small(v.small[i])
		}
	}
	return func(row int32) bool { return found[v.indexes[row]] }
}
