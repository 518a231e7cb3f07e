// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/lru"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
)

// TestKnownOwnersChangeNoResult compares with an inventory that never uses its known owners. Interfaces change their
// addresses and instances, addresses move, and some are evicted.
func TestKnownOwnersChangeNoResult(t *testing.T) {
	for seed := range uint64(15) {
		random := rand.New(rand.NewPCG(seed, 1))
		limit := 5 + random.IntN(30)
		configure := func(cfg *Config) { cfg.MaxHosts = limit }
		fast, slow := newRecordingEngine(t, configure), newRecordingEngine(t, configure)
		for n := range 3000 {
			slow.hosts.known = knownOwners{}
			eni := random.IntN(20)
			own := eni + 20*((n+37*eni)/700%3) // now and then the interface gets another address
			if random.IntN(100) == 0 {
				own++
			}
			if eni%4 == 0 { // of a node with pods
				own += 60 * random.IntN(4)
			}
			f := flow.Flow{
				Time: t0 + int64(n)*20 - random.Int64N(100), Protocol: tcp, Action: flow.Accept, Packets: 1, Bytes: 60,
				Account:   fmt.Sprint(100000000000 + random.IntN(2)),
				Interface: fmt.Sprintf("eni-0123456789abcdef%d", eni), Instance: fmt.Sprint("i-", random.IntN(20)/19),
				Src: netip.AddrFrom4([4]byte{10, 0, 0, byte(own)}), Dst: netip.AddrFrom4([4]byte{203, 0, 113, byte(random.IntN(9))}),
				SrcPort: 40000, DstPort: 443,
			}
			if random.IntN(3) == 0 {
				f.Dst = netip.AddrFrom4([4]byte{10, 0, 1, byte(random.IntN(20))})
			}
			if random.IntN(2) == 0 {
				f.Src, f.Dst = f.Dst, f.Src
			}
			fast.feed(f)
			slow.feed(f)
		}
		require.Equal(t, ownersOf(slow.hosts), ownersOf(fast.hosts), seed)
		require.Equal(t, candidatesOf(slow.hosts), candidatesOf(fast.hosts), seed)
		require.Equal(t, slow.Stats(), fast.Stats())
	}
}

// ownersOf returns the owners of all addresses, over time.
func ownersOf(h *hosts) map[lru.Key][]inventory.Span {
	all := map[lru.Key][]inventory.Span{}
	for n := h.owners.Oldest(); n != 0; n = h.owners.NewerThan(n) {
		all[h.owners.Key(n)] = h.owners.Value(n).Spans()
	}
	return all
}

// candidatesOf returns the possible addresses of all interfaces, with the interface that was used last at the end.
func candidatesOf(h *hosts) (all []inventory.Candidates) {
	for n := h.interfaces.Oldest(); n != 0; n = h.interfaces.NewerThan(n) {
		all = append(all, *h.interfaces.Value(n))
	}
	return all
}
