// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/pane"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func floodEvent(number uint64, t int64, packets, bytes uint64) *Event {
	ev := &Event{
		Flow:   flow.Flow{Time: t, Packets: packets, Bytes: bytes, Account: "123456789012", Region: "eu-west-1"},
		number: number, evidence: alert.ByPorts, accepted: true,
	}
	return ev
}

// TestFloodPaneAgreesWithPanes adds random flows to a floodPane, to Panes and to a head, until the floodPane cannot hold them.
func TestFloodPaneAgreesWithPanes(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 3))
		length, keep, now := 1+random.Int64N(10), 10+random.Int64N(30), int64(1_000_000)
		var (
			p     floodPane
			want  pane.Panes
			heads = map[int64]paneHead{}
			at    places
		)
		for number := range uint64(40) {
			now += random.Int64N(20)
			ev := floodEvent(number+1, now-random.Int64N(60), random.Uint64N(100), random.Uint64N(1000))
			if random.IntN(20) == 0 {
				ev.Packets = math.MaxUint32 - random.Uint64N(50)
			}
			start := ev.Time - ev.Time%length
			want.Add(&pane.Flow{T: ev.Time, Weight: ev.Packets, Other: ev.Bytes, Accepted: true}, length, keep)
			h, known := heads[start]
			if !known {
				h = paneHead{number: ev.number, start: uint32(start), place: 1, evidence: 1}
			}
			h.latest = max(h.latest, uint32(ev.Time))
			heads[start] = h
			before := p
			if !p.add(ev, start, keep, &at) {
				require.Equal(t, before, p, "seed %d", seed)
				break
			}
			require.Equal(t, want, p.panes(), "seed %d", seed)
			require.Equal(t, heads[int64(p.start)], p.head(), "seed %d", seed)
		}
	}
}

func TestFloodPaneHoldsOnlyNumbersThatFit(t *testing.T) {
	const start = 1_000_000 - 1_000_000%100_000
	for name, c := range map[string]struct {
		first, second *Event
		fits          bool
	}{
		"packets of 32 bits": {floodEvent(1, start, 1, 1), floodEvent(2, start, math.MaxUint32-1, 1), true},
		"more packets":       {floodEvent(1, start, 1, 1), floodEvent(2, start, math.MaxUint32, 1), false},
		"bytes of 32 bits":   {floodEvent(1, start, 1, 1), floodEvent(2, start, 1, math.MaxUint32-1), true},
		"more bytes":         {floodEvent(1, start, 1, 1), floodEvent(2, start, 1, math.MaxUint32), false},
		"a flow 65,535 s after the start of the pane": {floodEvent(1, start, 1, 1), floodEvent(2, start+math.MaxUint16, 1, 1), true},
		"a flow 65,536 s after the start of the pane": {floodEvent(1, start, 1, 1), floodEvent(2, start+math.MaxUint16+1, 1, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			var p floodPane
			require.True(t, p.add(c.first, start, 0, new(places)))
			require.Equal(t, c.fits, p.add(c.second, start, 0, new(places)))
		})
	}
	var p floodPane
	require.False(t, p.add(floodEvent(1, start+math.MaxUint16+1, 1, 1), start, 0, new(places)), "a late first flow of the pane")
	require.False(t, p.add(floodEvent(1, start, math.MaxUint32+1, 1), start, 0, new(places)), "a first flow with more packets")
	require.True(t, p.isEmpty())
}

func TestPlacesReturnTheSameNumberForTheSamePlace(t *testing.T) {
	var p places
	one, two := p.add("1", "a"), p.add("2", "a")
	require.NotEqual(t, one, two)
	for range 2 {
		require.Equal(t, two, p.add("2", "a"))
		require.Equal(t, one, p.add("1", "a"))
	}
	for n := len(p.list); n < maxPlaces; n++ {
		p.list = append(p.list, place{})
	}
	require.Zero(t, p.add("3", "a"), "there are too many places")
	require.Equal(t, one, p.add("1", "a"))
}
