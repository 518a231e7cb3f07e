// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func noProgress(int, int) {}

// randomRig stores random flows of four hours in many parts. It returns their rows.
func randomRig(t *testing.T) (*rig, []Row) {
	t.Helper()
	r := newRig(t)
	random := rand.New(rand.NewPCG(3, 4))
	for part := range 40 {
		flows := make([]flow.Flow, 200)
		for i := range flows {
			flows[i] = randomFlow(random)
		}
		r.Add(flows)
		r.flush(uint64(200 * (part + 1)))
		if part == 30 { // the rest stays in parts
			r.setNow(noon.Add(quietPeriod))
			r.compactAll(t.Context())
			r.setNow(noon)
		}
	}
	rows := r.all()
	require.Len(t, rows, 8000)
	return r, rows
}

func randomFlow(random *rand.Rand) flow.Flow {
	pick := func(first byte) netip.Addr {
		return netip.AddrFrom4([4]byte{first, 0, byte(random.IntN(3)), byte(random.IntN(20))})
	}
	f := testFlow(random.IntN(40), noon.Add(-time.Duration(random.IntN(4*3600/30))*30*time.Second))
	f.Src, f.Dst = pick(10), pick(8)
	if random.IntN(3) == 0 {
		f.Src, f.Dst = f.Dst, f.Src
	}
	f.DstPort = []uint16{22, 53, 443}[random.IntN(3)]
	f.SrcPort = uint16(random.IntN(3)) * 100
	f.Protocol = []uint8{1, 6, 17}[random.IntN(3)]
	f.Action = flow.Action(random.IntN(3))
	f.Account = strconv.Itoa(random.IntN(3))
	f.VPC = "vpc-" + strconv.Itoa(random.IntN(3))
	f.Packets = uint64(random.IntN(5))
	return f
}

func randomQuery(random *rand.Rand) Query {
	q := Query{From: noon.Unix() - random.Int64N(5*3600)}
	q.To = q.From + random.Int64N(5*3600)
	some := func() bool { return random.IntN(5) == 0 }
	for _, p := range []*netip.Prefix{&q.Address, &q.Source, &q.Destination} {
		if some() {
			*p = netip.PrefixFrom(randomFlow(random).Src, []int{8, 24, 32}[random.IntN(3)]).Masked()
		}
	}
	if some() {
		port := randomFlow(random).DstPort
		q.Port = &port
	}
	if some() {
		protocol := randomFlow(random).Protocol
		q.Protocol = &protocol
	}
	for _, f := range []struct {
		value   *string
		choices []string
	}{
		{&q.Action, []string{"ACCEPT", "REJECT"}},
		{&q.Account, []string{"0", "1", "9"}},
		{&q.VPC, []string{"vpc-0", "vpc-9"}},
		{&q.Interface, []string{"eni-0", "eni-4"}},
		{&q.Class, []string{"internal_to_external", "internal_to_internal"}},
		{&q.Country, []string{"US", "DE"}},
		{&q.Region, []string{"eu-west-1", "x"}},
	} {
		if some() {
			*f.value = f.choices[random.IntN(len(f.choices))]
		}
	}
	if some() {
		q.MinBytes = random.Int64N(50)
	}
	return q
}

// matches is a slow model of a search.
func matches(q *Query, r *Row) bool {
	in := func(p netip.Prefix, texts ...string) bool {
		return !p.IsValid() || slices.ContainsFunc(texts, func(s string) bool { return p.Contains(netip.MustParseAddr(s)) })
	}
	is := func(want string, got ...string) bool { return want == "" || slices.Contains(got, want) }
	return r.Start >= q.From && r.Start < q.To && in(q.Address, r.Source, r.Destination) && in(q.Source, r.Source) && in(q.Destination, r.Destination) &&
		(q.Port == nil || r.SourcePort == int32(*q.Port) || r.DestinationPort == int32(*q.Port)) && (q.Protocol == nil || r.Protocol == int32(*q.Protocol)) &&
		is(q.Action, r.Action) && is(q.Class, r.Class) && is(q.Account, r.Account) && is(q.Region, r.Region) && is(q.VPC, r.VPC) &&
		is(q.Interface, r.Interface) && is(q.Country, r.SourceCountry, r.DestinationCountry) && r.Bytes >= q.MinBytes
}

func TestSearchAgreesWithASlowModel(t *testing.T) {
	r, rows := randomRig(t)
	random := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		q := randomQuery(random)
		want := slices.DeleteFunc(slices.Clone(rows), func(row Row) bool { return !matches(&q, &row) })
		total, err := r.Totals(t.Context(), q, noProgress)
		require.NoError(t, err)
		require.Equal(t, modelTotal(want), total)
		order := []Sort{ByTime, ByBytes, ByPackets}[random.IntN(3)]
		limit := max(1+random.IntN(100), len(want)/10)
		got := allPages(t, r, q, order, limit)
		require.ElementsMatch(t, want, got)
		require.True(t, slices.IsSortedFunc(got, func(a, b Row) int { return cmp.Compare(orderValue(order, &b), orderValue(order, &a)) }))
		by, measure := TopColumns[random.IntN(len(TopColumns))], []Measure{Flows, Bytes, Packets}[random.IntN(3)]
		top, err := r.TopOf(t.Context(), q, by, measure, 5, noProgress)
		require.NoError(t, err)
		require.Equal(t, modelTop(want, by, measure, 5), top.Entries, "%s by %s", by, measure)
		require.Equal(t, total, top.Total)
	}
}

func orderValue(order Sort, r *Row) int64 {
	switch order {
	case ByBytes:
		return r.Bytes
	case ByPackets:
		return r.Packets
	}
	return r.Start
}

// allPages follows the positions from page to page.
func allPages(t *testing.T, r *rig, q Query, order Sort, limit int) (rows []Row) {
	t.Helper()
	var after *Position
	for {
		page, err := r.Search(t.Context(), q, order, limit, after)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Rows), limit)
		rows = append(rows, page.Rows...)
		if after = page.Next; after == nil {
			return rows
		}
	}
}

func modelTotal(rows []Row) (total Total) {
	for i := range rows {
		total.add(Total{1, uint64(rows[i].Bytes), uint64(rows[i].Packets)})
	}
	return total
}

func modelTop(rows []Row, by string, measure Measure, n int) []Entry {
	totals := map[string]Total{}
	c := columns[position(by)]
	for i := range rows {
		var key string
		if c.text != nil {
			key = *c.text(&rows[i])
		} else {
			key = strconv.Itoa(int(*c.small(&rows[i])))
		}
		sum := totals[key]
		sum.add(modelTotal(rows[i : i+1]))
		totals[key] = sum
	}
	entries := []Entry{}
	for key, total := range totals {
		entries = append(entries, Entry{key, total})
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(measure.of(b.Total), measure.of(a.Total)), cmp.Compare(a.Value, b.Value))
	})
	return entries[:min(n, len(entries))]
}

func TestIdenticalFlowsAreOnPagesOnce(t *testing.T) {
	r := newRig(t)
	for i := range 3 {
		r.Add(slices.Repeat(testFlows(1, 1, noon), 7))
		r.flush(uint64(7 * (i + 1)))
	}
	for limit := 1; limit <= 22; limit++ {
		assert.Len(t, allPages(t, r, Query{To: noon.Unix() + 1}, ByTime, limit), 21, limit)
	}
}

func TestACanceledSearchStops(t *testing.T) {
	r := newRig(t)
	r.Add(testFlows(0, 10, noon))
	r.flush(10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := r.Search(ctx, Query{To: noon.Unix() + 1}, ByTime, 10, nil)
	require.ErrorIs(t, err, context.Canceled)
	_, err = r.Totals(ctx, Query{To: noon.Unix() + 1}, noProgress)
	require.ErrorIs(t, err, context.Canceled)
}

func TestTooManySearchesAreRefused(t *testing.T) {
	r := newRig(t)
	for range maxSearches {
		_, err := r.Search(t.Context(), Query{To: 1}, ByTime, 10, nil)
		require.NoError(t, err)
		r.searches <- struct{}{}
	}
	_, err := r.Search(t.Context(), Query{To: 1}, ByTime, 10, nil)
	require.ErrorIs(t, err, ErrBusy)
	<-r.searches
	_, err = r.Search(t.Context(), Query{To: 1}, ByTime, 10, nil)
	require.NoError(t, err)
}

func TestFilesOfASearchAreDeletedAfterIt(t *testing.T) {
	r := newRig(t)
	for i := range 2 {
		require.True(t, r.writePart(1000, []Row{{Start: int64(3_600_000 + i)}}))
	}
	_, release := r.files.acquire(0, 1<<40)
	r.setNow(noon.Add(quietPeriod))
	r.compactAll(t.Context())
	assert.Len(t, r.all(), 4, "the search still reads the parts")
	release()
	assert.Len(t, r.all(), 2)
}

func TestATopWithTooManyValuesSaysHowMuchItMayLack(t *testing.T) {
	r, rows := randomRig(t)
	q := Query{To: noon.Unix() + 1}
	g := grouping{column: position("dstaddr"), measure: Bytes, totals: map[string]Total{}, limit: 40}
	require.NoError(t, r.search(t.Context(), &q, noProgress, visitor{visit: g.visit}))
	top := g.top(5)
	assert.Positive(t, top.Error)
	assert.LessOrEqual(t, len(g.totals), 40)
	exact := map[string]uint64{}
	for _, e := range modelTop(rows, "dstaddr", Bytes, len(rows)) {
		exact[e.Value] = e.Bytes
	}
	for _, e := range top.Entries {
		assert.LessOrEqual(t, e.Bytes, exact[e.Value])
		assert.GreaterOrEqual(t, e.Bytes+top.Error, exact[e.Value])
	}
	assert.Equal(t, modelTotal(rows), top.Total)
}
