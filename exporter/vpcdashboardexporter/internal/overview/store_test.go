// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview/overviewtest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/traffic"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// clock returns a time one year after the traffic.
func clock() time.Time { return start.Add(365 * 24 * time.Hour) }

func at(t time.Time, action flow.Action, bytes uint64) flow.Flow {
	return flow.Flow{
		Time: t.Unix(), Src: netip.MustParseAddr("10.0.1.5"), Dst: netip.MustParseAddr("8.8.8.8"), SrcPort: 50000, DstPort: 443,
		Protocol: 6, Action: action, Packets: 1, Bytes: bytes, Account: "123456789012", Interface: "eni-1",
	}
}

func totals(flows, packets, bytes, accepted, rejected uint64) traffic.Totals {
	return traffic.Totals{Flows: flows, Packets: packets, Bytes: bytes, Accepted: accepted, Rejected: rejected}
}

func TestAnEmptyStoreHasAnEmptyView(t *testing.T) {
	v := newStore(t, clock).View(Query{})
	assert.True(t, v.From.IsZero())
	assert.True(t, v.To.IsZero())
	assert.Empty(t, v.Points)
	assert.Nil(t, v.Previous)
	assert.True(t, v.Health.Latest.IsZero())
	_, err := json.Marshal(v)
	require.NoError(t, err)
}

func TestRangesCountBackFromTheLatestEvent(t *testing.T) {
	s := newStore(t, clock)
	latest := start.Add(9*24*time.Hour + 13*time.Hour + 37*time.Minute + 12*time.Second)
	var flows []flow.Flow
	for when := start; !when.After(latest); when = when.Add(time.Minute) {
		flows = append(flows, at(when, flow.Accept, 1))
	}
	s.AddFlows(append(flows, at(latest, flow.Reject, 5)))

	end := latest.Truncate(time.Minute).Add(time.Minute)
	for _, tt := range []struct {
		length time.Duration
		from   time.Time
		step   time.Duration
	}{
		{15 * time.Minute, end.Add(-15 * time.Minute), time.Minute},
		{time.Hour, end.Add(-time.Hour), time.Minute},
		{6 * time.Hour, end.Add(-6 * time.Hour).Truncate(10 * time.Minute), 5 * time.Minute},
		{24 * time.Hour, end.Add(-24 * time.Hour).Truncate(time.Hour), 10 * time.Minute},
		{0, start, 2 * time.Hour},
		{-time.Hour, start, 2 * time.Hour},
		{100 * 24 * time.Hour, start, 2 * time.Hour},
	} {
		t.Run(tt.length.String(), func(t *testing.T) {
			v := s.View(Query{Range: tt.length, Top: 5})
			assert.Equal(t, tt.from, v.From)
			assert.Equal(t, end, v.To)
			assert.Equal(t, tt.step, v.Step)
			minutes := uint64(v.To.Sub(v.From) / time.Minute)
			assert.Equal(t, totals(minutes+1, minutes+1, minutes+5, minutes, 1), v.Totals)
			checkPoints(t, &v)
			// The rankings cover exactly the same range.
			for _, dimension := range []Dimension{Sources, Destinations, Ports, Protocols, Interfaces, Accounts, DestinationCountries} {
				require.Len(t, v.Top[dimension], 1, dimension)
				assert.Equal(t, minutes+1, v.Top[dimension][0].Value, dimension)
				assert.Zero(t, v.Top[dimension][0].Error)
			}
			assert.Empty(t, v.Top[SourceCountries], "the source is internal")
			if tt.length > 0 && tt.length <= 24*time.Hour {
				assert.Equal(t, new(totals(minutes, minutes, minutes, minutes, 0)), v.Previous)
			} else {
				assert.Nil(t, v.Previous)
			}
		})
	}
}

// checkPoints verifies that the points add up to the totals and cover the range.
func checkPoints(t *testing.T, v *View) {
	t.Helper()
	var sum bin
	next := v.From
	for _, p := range v.Points {
		require.Equal(t, next, p.Time)
		next = next.Add(v.Step)
		sum.add(&bin{p.Totals, p.Classes, p.Alerts})
	}
	if v.To.IsZero() {
		return
	}
	assert.False(t, next.Before(v.To))
	assert.True(t, next.Add(-v.Step).Before(v.To))
	assert.LessOrEqual(t, len(v.Points), maxPoints+1)
	assert.Equal(t, v.Totals, sum.Totals)
	assert.Equal(t, v.AlertsBySeverity, sum.Alerts)
}

func TestThePreviousPeriodIsOmittedUnlessKnownInFull(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first time.Duration
		known bool
	}{
		{"the first flow is at its beginning", 2 * time.Hour, true},
		{"the first flow is a minute later", 119 * time.Minute, false},
		{"the first flow is in the range", 30 * time.Minute, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t, clock)
			end := start.Add(24 * time.Hour)
			s.AddFlows([]flow.Flow{at(end.Add(-tt.first), flow.Accept, 1), at(end.Add(-time.Minute), flow.Accept, 1)})
			assert.Equal(t, tt.known, s.View(Query{Range: time.Hour}).Previous != nil)
		})
	}
}

func TestTheOrderOfFlowsDoesNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	var flows []flow.Flow
	generator := overviewtest.New(4)
	for range 20_000 {
		f := generator.Flow(start.Unix() + random.Int64N(int64(9*day)))
		f.Src, f.Dst, f.Interface = netip.AddrFrom4([4]byte{10, 0, byte(random.IntN(4)), byte(random.IntN(20))}), netip.AddrFrom4([4]byte{10, 1, 0, byte(random.IntN(50))}), "eni-1"
		f.DstPort = uint16(random.IntN(100))
		flows = append(flows, f)
	}
	inOrder, shuffled := newStore(t, clock), newStore(t, clock)
	inOrder.AddFlows(flows)
	random.Shuffle(len(flows), func(i, j int) { flows[i], flows[j] = flows[j], flows[i] })
	for ; len(flows) > 0; flows = flows[min(len(flows), 300):] {
		shuffled.AddFlows(flows[:min(len(flows), 300)])
	}
	for _, length := range []time.Duration{0, 24 * time.Hour, 6 * time.Hour, time.Hour, 15 * time.Minute} {
		for _, measure := range traffic.Measures {
			q := Query{Range: length, Measure: measure, Top: 100}
			assert.Equal(t, inOrder.View(q), shuffled.View(q), "%v by %s", length, measure)
		}
	}
}

func TestFlowsOutsideTheTimeRangeAreCountedAndNotShown(t *testing.T) {
	now := start.Add(40 * 24 * time.Hour)
	s := newStore(t, func() time.Time { return now })
	oldest := now.Add(-31 * 24 * time.Hour).Truncate(24 * time.Hour)
	s.AddFlows([]flow.Flow{
		at(now, flow.Accept, 1),
		at(now.Add(maxFuture), flow.Accept, 1),
		at(now.Add(maxFuture+time.Second), flow.Accept, 1),
		{Time: math.MaxInt64},
		at(oldest, flow.Accept, 1),
		at(oldest.Add(-time.Second), flow.Accept, 1),
		{Time: 0},
		{Time: math.MinInt64},
	})
	v := s.View(Query{})
	assert.EqualValues(t, 3, v.Totals.Flows)
	assert.EqualValues(t, 2, v.Health.InFuture)
	assert.EqualValues(t, 3, v.Health.TooOld)
	assert.Equal(t, now.Add(maxFuture), v.Health.Latest)
	assert.Equal(t, now, v.Health.Received)
	assert.Equal(t, oldest, v.From)
}

func TestDataOlderThanTheRetentionExpires(t *testing.T) {
	s := newStore(t, clock)
	s.AddFlows([]flow.Flow{at(start, flow.Accept, 1), at(start.Add(31*24*time.Hour), flow.Accept, 1)})
	assert.EqualValues(t, 2, s.View(Query{}).Totals.Flows)
	s.AddFlows([]flow.Flow{at(start.Add(32*24*time.Hour), flow.Accept, 1)})
	v := s.View(Query{})
	assert.EqualValues(t, 2, v.Totals.Flows)
	assert.EqualValues(t, 2, v.Top[Sources][0].Value)
	assert.Equal(t, start.Add(24*time.Hour), v.From)
	assert.Len(t, s.history.minutes, 2)
}

func TestRecordsWithoutTrafficAreCountedSeparately(t *testing.T) {
	s := newStore(t, clock)
	flows := make([]flow.Flow, 6)
	for i := range flows {
		flows[i] = at(start, flow.Accept, 1)
	}
	flows[0].Status, flows[1].Status, flows[2].Status = flow.NoData, flow.SkipData, flow.SkipData
	flows[3].Hop = true
	flows[4].Flags, flows[5].Direction = 2, flow.Egress
	s.AddFlows(flows)
	s.AddUndecodable("too_few_fields", 3)
	v := s.View(Query{})
	assert.EqualValues(t, 2, v.Totals.Flows)
	assert.Equal(t, Health{
		Latest: start, Received: clock(), Flows: 6, NoData: 1, SkipData: 2, Hops: 1, WithFlags: 1, WithDirection: 1,
		Undecodable: map[string]uint64{"too_few_fields": 3}, Evicted: map[string]uint64{},
	}, v.Health)
}

func TestAnAlertIsNotCountedAsAFlow(t *testing.T) {
	s := newStore(t, clock)
	s.AddAlert(testAlert("a", alert.Opened, 1, alert.High))
	h := s.Health()
	assert.Zero(t, h.Flows)
	assert.False(t, h.Latest.IsZero())
}

func TestTheNumberOfReasonsIsBounded(t *testing.T) {
	s := newStore(t, clock)
	for n := range 1000 {
		s.AddUndecodable(strings.Repeat("x", n), 1)
	}
	got := s.Health().Undecodable
	assert.Len(t, got, maxReasons+1)
	assert.EqualValues(t, 1000-maxReasons, got["other"])
}

func TestTheNumberOfInternedNamesIsBounded(t *testing.T) {
	s := newStore(t, clock)
	for n := range 3 * maxNames {
		s.AddFlows([]flow.Flow{overviewtest.UniqueFlow(uint32(n), start.Unix())})
	}
	assert.LessOrEqual(t, len(s.history.rollup.names), maxNames)
	assert.Positive(t, s.Health().Evicted[string(Interfaces)])
}

func TestFlowsWithKnownKeysAllocateNothing(t *testing.T) {
	s := newStore(t, clock)
	flows := overviewtest.New(1).Batch(1000, start.Unix())
	s.AddFlows(flows)
	assert.LessOrEqual(t, testing.AllocsPerRun(50, func() { s.AddFlows(flows) }), 20.0, "for a thousand flows")
}

func TestAFlowIsCountedInEachDimensionThatItHas(t *testing.T) {
	s := newStore(t, clock)
	out := at(start, flow.Accept, 100)
	in := out
	in.Src, in.Dst, in.SrcPort, in.DstPort, in.Action = out.Dst, out.Src, 443, 50000, flow.NoAction
	within := out
	within.Dst, within.DstPort, within.Protocol = netip.MustParseAddr("fd00::1%eth0"), 0, 61
	within.SrcPort = 0
	bare := flow.Flow{Time: start.Unix(), Action: flow.Reject, Bytes: 7}
	s.AddFlows([]flow.Flow{out, in, within, bare})
	v := s.View(Query{Top: 10})
	assert.Equal(t, totals(4, 3, 307, 2, 1), v.Totals)
	assert.Equal(t, [4]uint64{
		network.ExternalToInternal: 1, network.InternalToExternal: 1, network.InternalToInternal: 1,
	}, v.Points[0].Classes, "a flow without addresses has no class")
	assert.Equal(t, map[Dimension][]Entry{
		Sources:              {{"10.0.1.5", 2, 0}, {"8.8.8.8", 1, 0}},
		Destinations:         {{"8.8.8.8", 1, 0}, {"10.0.1.5", 1, 0}, {"fd00::1", 1, 0}},
		Ports:                {{"443", 2, 0}},
		Protocols:            {{"tcp", 2, 0}, {"61", 1, 0}},
		Interfaces:           {{"eni-1", 3, 0}},
		Accounts:             {{"123456789012", 3, 0}},
		SourceCountries:      {{"US", 1, 0}},
		DestinationCountries: {{"US", 1, 0}},
	}, v.Top)
}

func TestNamesAreTruncatedAndValidUTF8(t *testing.T) {
	s := newStore(t, clock)
	f := at(start, flow.Accept, 1)
	f.Interface, f.Account = strings.Repeat("é", 5000), "\xff<script>"
	s.AddFlows([]flow.Flow{f, f})
	v := s.View(Query{})
	assert.Equal(t, []Entry{{strings.Repeat("é", maxName/2), 2, 0}}, v.Top[Interfaces])
	assert.Equal(t, []Entry{{"?<script>", 2, 0}}, v.Top[Accounts])
}
