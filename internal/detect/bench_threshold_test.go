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

// BenchmarkThreshold measures a flow of one scanner at several thresholds, in order and shuffled within the allowed lateness.
// The scanner tries either all ports or one port less than the threshold, again and again.
func BenchmarkThreshold(b *testing.B) {
	const perSecond, block = 20, 590 // seconds
	for _, threshold := range []int{20, 500, 5000, 50_000} {
		for _, order := range []string{"in_order", "shuffled"} {
			for name, ports := range map[string]int{"above": 65_000, "below": threshold - 1} {
				b.Run(fmt.Sprintf("%d/%s/%s", threshold, order, name), func(b *testing.B) {
					cfg := DefaultConfig()
					for id, set := range cfg.Rules {
						set.Enabled = id == "external_port_scan"
						set.Threshold, set.Window = int64(threshold), time.Hour
						cfg.Rules[id] = set
					}
					e, err := New(cfg, nil, nil)
					require.NoError(b, err)
					times := make([]int64, 6*block*perSecond)
					for i := range times {
						times[i] = t0 + int64(i/perSecond)
					}
					if order == "shuffled" {
						for i := 0; i < len(times); i += block * perSecond {
							part := times[i:][:block*perSecond]
							rand.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
						}
					}
					n := 0
					var ev Event
					f := packet(host(20, 1), netip.AddrFrom4([4]byte{10, 0, 0, 1}), 1, flow.Reject)
					require.Equal(b, Evaluate, e.Classify(&f, t0, &ev))
					next := func() {
						ev.Time = times[n%len(times)] + int64(n/len(times)*6*block)
						ev.DstPort = uint16(1 + n%ports)
						e.Observe(&ev, func(*alert.Alert) {})
						n++
					}
					for range 2 * len(times) {
						next()
					}
					b.ReportAllocs()
					for b.Loop() {
						next()
					}
				})
			}
		}
	}
}
