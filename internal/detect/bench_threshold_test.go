// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	scanRate = 20  // flows per second
	scanSpan = 590 // seconds, less than the allowed lateness
)

// portScanner sends flows to one port after the other, again and again.
type portScanner struct {
	engine *Engine
	event  Event
	order  []int // of the flows in each scanSpan
	ports  int
	sent   int
}

// newPortScanner returns a scanner and an engine with one rule. If shuffled, the flows come in random order within the allowed
// lateness. The flows of 75 minutes are already sent.
func newPortScanner(tb testing.TB, threshold int64, ports int, shuffled bool) *portScanner {
	tb.Helper()
	cfg := DefaultConfig()
	for id, set := range cfg.Rules {
		set.Enabled = id == "external_port_scan"
		set.Threshold, set.Window = threshold, time.Hour
		cfg.Rules[id] = set
	}
	e, err := New(cfg, nil, nil)
	require.NoError(tb, err)
	s := &portScanner{engine: e, ports: ports, order: make([]int, scanSpan*scanRate)}
	for i := range s.order {
		s.order[i] = i
	}
	if shuffled {
		s.order = rand.New(rand.NewPCG(1, 2)).Perm(len(s.order))
	}
	f := packet(host(20, 1), netip.AddrFrom4([4]byte{10, 0, 0, 1}), 1, flow.Reject)
	require.Equal(tb, Evaluate, e.Classify(&f, t0, &s.event))
	for range 75 * 60 * scanRate {
		s.send()
	}
	require.Zero(tb, e.Stats().Rules[0].Suppressed[Late])
	return s
}

func (s *portScanner) send() {
	spans, i := s.sent/len(s.order), s.sent%len(s.order)
	s.event.Time = t0 + int64(spans*scanSpan+s.order[i]/scanRate)
	s.event.DstPort = uint16(1 + s.sent%s.ports)
	s.engine.Observe(&s.event, func(*alert.Alert) {})
	s.sent++
}

// BenchmarkThreshold measures a flow of one scanner at several thresholds, with fewer ports than the threshold and with more.
func BenchmarkThreshold(b *testing.B) {
	for _, threshold := range []int{20, 500, 5000, 50_000} {
		for _, order := range []string{"in_order", "shuffled"} {
			for _, ports := range []int{threshold - 1, min(2*threshold, 60_000), 65_000} {
				b.Run(fmt.Sprintf("%d/%s/%d_ports", threshold, order, ports), func(b *testing.B) {
					s := newPortScanner(b, int64(threshold), ports, order == "shuffled")
					b.ReportAllocs()
					for b.Loop() {
						s.send()
					}
				})
			}
		}
	}
}

// TestTheCostOfAFlowDoesNotGrowWithTheThreshold takes the shortest of several measurements, so that other load hardly matters.
func TestTheCostOfAFlowDoesNotGrowWithTheThreshold(t *testing.T) {
	cost := func(threshold int64) time.Duration {
		s := newPortScanner(t, threshold, 65_000, true)
		shortest := time.Hour
		for range 4 {
			start := time.Now() //nolint:forbidigo // measures time
			for range scanSpan * scanRate {
				s.send()
			}
			shortest = min(shortest, time.Since(start)/(scanSpan*scanRate)) //nolint:forbidigo // see above
		}
		t.Logf("threshold %d: %s per flow", threshold, shortest)
		return shortest
	}
	require.Less(t, cost(5000), 8*cost(20))
}
