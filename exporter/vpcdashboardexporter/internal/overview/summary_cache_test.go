// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestAViewIsReusedForAMultipleOfItsCost(t *testing.T) {
	now, took := start.Add(365*24*time.Hour), time.Duration(0)
	var mu sync.Mutex
	s := newStore(t, func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(took)
		return now
	})
	add := func() { s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)}) }
	flows := func() uint64 { return s.View(Query{}).Totals.Flows }
	add()
	assert.EqualValues(t, 1, flows())
	add()
	assert.EqualValues(t, 2, flows(), "a view without cost is not reused")

	took = 10 * time.Millisecond // each reading of the clock takes so long
	add()
	assert.EqualValues(t, 3, flows())
	took = 0
	add()
	assert.EqualValues(t, 3, flows())
	assert.EqualValues(t, 4, s.View(Query{Range: time.Hour}).Totals.Flows, "each range has its own view")
	now = now.Add(reuseFactor*10*time.Millisecond - 1)
	assert.EqualValues(t, 3, flows())
	now = now.Add(1)
	assert.EqualValues(t, 4, flows())
}

func TestASummaryIsReusedUntilDataArrives(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1)})
	first := s.summary(0)
	assert.Same(t, first, s.summary(0))
	assert.Same(t, first, s.summary(-5))
	s.AddUndecodable("x", 1)
	assert.NotSame(t, first, s.summary(0))
	for n := range 100 {
		s.summary(time.Duration(n) * time.Second)
	}
	assert.LessOrEqual(t, len(s.summaries.byRange), maxRanges)
}

func TestConcurrentReadsAndWrites(t *testing.T) {
	s := newStore(t, clock)
	var all sync.WaitGroup
	for n := range 4 {
		generator := overviewtest.New(uint64(n))
		all.Go(func() {
			for i := range 20 {
				s.AddFlows(generator.Batch(200, start.Unix()+int64(i*600)))
				s.AddAlert(testAlert("a", "opened", i, 10))
			}
		})
		all.Go(func() {
			for range 10 {
				v := s.View(Query{Range: time.Hour, Top: 100})
				checkPoints(t, &v)
				s.Episodes(AlertQuery{})
				s.Episode("a")
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 4*20*200, s.View(Query{}).Totals.Flows)
}
