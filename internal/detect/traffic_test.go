// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

// randomCase is random traffic and a configuration. The traffic has few addresses and ports, so that values repeat. The
// configuration has low thresholds, so that there are many alerts.
type randomCase struct {
	*rand.Rand
	kind      caseKind
	cfg       detect.Config
	threats   []netip.Prefix
	countries scenario.CountryTable
	flows     []flow.Flow
	unlogged  bool // the logs have no flags
}

// caseKind is the part of the rules that the traffic exercises most.
type caseKind string

const (
	mixed   caseKind = "mixed"   // a little of everything
	wide    caseKind = "wide"    // so many distinct values that timelines overflow
	guesses caseKind = "guesses" // failures and successes out of order
	volumes caseKind = "volumes" // sums that grow slowly

	connections caseKind = "connections" // attempts, answers and refusals
	floods      caseKind = "floods"      // packets in both directions between the inside and the outside
)

// midnight is when ignore entries may expire. The traffic begins shortly before.
var midnight = time.Date(2025, 1, 16, 0, 0, 0, 0, time.UTC).Unix()

func newCase(seed uint64) *randomCase {
	c := &randomCase{
		Rand: rand.New(rand.NewPCG(seed, 2)),
		threats: prefixes("203.0.113.0/30", "198.51.100.9/32", "2001:db8::7/128", "10.0.0.0/8", "fc00::/19",
			"169.254.0.0/16", "240.0.0.0/8", "0.0.0.0/8", "fe80::/19"),
		countries: scenario.CountryTable{
			netip.MustParsePrefix("203.0.113.0/24"):  "BR",
			netip.MustParsePrefix("203.0.113.1/32"):  "SE",
			netip.MustParsePrefix("2001:db8::/64"):   "NL",
			netip.MustParsePrefix("198.51.100.9/32"): "ZZ",
			netip.MustParsePrefix("10.0.0.0/8"):      "JP",
		},
	}
	c.kind = pick(c, mixed, mixed, mixed, guesses, volumes, connections, connections, floods)
	c.unlogged = c.oneIn(4)
	n := 20 + c.IntN(280)
	if c.oneIn(40) {
		c.kind, n = wide, 1000
	}
	c.configure()
	own := &randomCase{Rand: rand.New(rand.NewPCG(seed, 1))} // so that custom rules change nothing else
	c.cfg.CustomRules = own.randomCustomRules()
	f := c.flow(nil)
	if c.oneIn(10) {
		f.Time = 1262304000 - 1 + c.Int64N(2) // at the edge of 2010
		c.flows = append(c.flows, f)
	}
	f.Time = midnight - 100
	for range n {
		f = c.flow(&f)
		c.flows = append(c.flows, f)
		late := f
		switch {
		case c.oneIn(6), c.kind == guesses && c.oneIn(2): // delivered out of order
			late.Time -= c.Int64N(2*min(seconds(c.cfg.AllowedLateness), 200) + 10)
			c.flows = append(c.flows, late)
		case c.oneIn(12): // delivered again
			c.flows = append(c.flows, c.flows[c.IntN(len(c.flows))])
		}
	}
	if c.kind == connections && c.oneIn(8) {
		c.dropDirection()
	}
	f.Time = clock + seconds(c.cfg.MaxFuture) + c.Int64N(2) // at the edge of max_future
	c.flows = append(c.flows, f)
	return c
}

func (c *randomCase) oneIn(n int) bool { return c.IntN(n) == 0 }

// pick returns one of the values.
func pick[T any](c *randomCase, values ...T) T { return values[c.IntN(len(values))] }

// flow returns a flow that resembles the one before.
func (c *randomCase) flow(before *flow.Flow) flow.Flow {
	f := flow.Flow{}
	if before != nil {
		f = *before
	}
	fresh := func(n int) bool { return before == nil || c.oneIn(n) }
	f.Time += pick[int64](c, 0, 0, 1, 1, 2, 5, 20, 70)
	if c.oneIn(25) {
		f.Time += pick[int64](c, 150, 400, 3000)
	}
	if fresh(4) {
		f.Src = c.address()
	}
	if fresh(2) {
		f.Dst = c.address()
	}
	if fresh(2) {
		f.SrcPort = pick[uint16](c, 0, 22, 53, 443, 1023, 1024, 8080, 40000, 40001, uint16(50000+c.IntN(30)))
	}
	if fresh(2) {
		f.DstPort = pick[uint16](c, 0, 22, 22, 3389, 53, 443, 1023, 1024, 8080, 40000, uint16(1+c.IntN(40)))
	}
	if fresh(3) {
		f.Protocol = pick[uint8](c, 6, 6, 6, 17, 1, 58, 47)
		if f.Protocol != 6 && f.Protocol != 17 && !c.oneIn(5) {
			f.SrcPort, f.DstPort = 0, 0
		}
	}
	if fresh(2) {
		f.Flags = pick[uint8](c, 0, 0, 2, 2, 18, 1, 4, 3, 6, 16)
		f.FlagsLogged = f.Flags != 0 || !c.unlogged
	}
	if fresh(3) {
		f.Action = pick(c, flow.NoAction, flow.Accept, flow.Accept, flow.Reject, flow.Reject)
	}
	if fresh(4) {
		f.Direction = pick(c, flow.DirectionUnknown, flow.Ingress, flow.Ingress, flow.Egress)
	}
	if fresh(8) {
		f.Account, f.VPC = pick(c, "1", "2", ""), pick(c, "vpc-1", "vpc-2", "")
		f.Interface, f.Instance = pick(c, "eni-1", "eni-2"), pick(c, "i-1", "i-2", "")
	}
	f.Packets, f.Bytes = c.weight(), c.weight()
	f.Hop = c.oneIn(30)
	f.NamesGateway, f.Local, f.Intermediate = false, netip.Addr{}, netip.Addr{}
	if f.Hop && c.oneIn(3) {
		f.NamesGateway, f.Local = true, netip.MustParseAddr(pick(c, "10.0.0.4", "fd00::2"))
		if c.oneIn(3) {
			f.Intermediate = netip.MustParseAddr(pick(c, "10.0.0.3", "203.0.113.7"))
		}
	}
	f.Status = flow.StatusOK
	if c.oneIn(60) {
		f.Status = pick(c, flow.NoData, flow.SkipData)
	}
	c.specialize(&f, before)
	return f
}

// specialize changes the flow for the kind of the case.
func (c *randomCase) specialize(f, before *flow.Flow) {
	if c.kind == mixed || before == nil {
		return
	}
	f.Time = before.Time + pick[int64](c, 0, 1, 1, 2)
	if !c.oneIn(100) {
		f.Src, f.Account, f.VPC = before.Src, before.Account, before.VPC
	}
	switch c.kind {
	case connections:
		c.connection(f, before)
	case floods:
		c.flooding(f, before)
	case wide:
		f.DstPort, f.SrcPort = uint16(1+c.IntN(400)), uint16(50000+c.IntN(400))
		if c.oneIn(2) {
			f.DstPort = 22
		}
		f.Dst = netip.AddrFrom4([4]byte{10, 0, byte(c.IntN(2)), byte(1 + c.IntN(250))})
		f.Protocol, f.Flags = 6, 2
		f.Action, f.Direction = pick(c, flow.Accept, flow.Reject, flow.Reject, flow.Reject), flow.Ingress
	case guesses:
		f.Dst = netip.MustParseAddr(pick(c, "10.0.0.1", "10.0.0.2"))
		f.DstPort, f.SrcPort = 22, uint16(50000+c.IntN(5))
		f.Protocol, f.Flags, f.Action = 6, 0, pick(c, flow.Accept, flow.Reject, flow.Reject, flow.Reject)
	case volumes:
		f.Time = before.Time + c.Int64N(40)
		f.Dst, f.Protocol, f.Action = before.Dst, pick[uint8](c, 6, 1), flow.Accept
		f.SrcPort, f.DstPort = 0, 0
		if c.oneIn(20) {
			f.Dst = c.address()
		}
	}
}

func (c *randomCase) weight() uint64 {
	if c.oneIn(200) {
		return 1 << 45
	}
	return pick(c, 0, 1, 1, c.Uint64N(60))
}

func (c *randomCase) address() netip.Addr {
	if c.oneIn(40) {
		return pick(c, netip.Addr{}, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("224.0.0.1"),
			netip.MustParseAddr("255.255.255.255"), netip.MustParseAddr("0.0.0.0"), netip.MustParseAddr("ff02::1"),
			netip.MustParseAddr("169.254.1.1"), netip.MustParseAddr("240.0.0.1"), netip.MustParseAddr("0.0.0.1"),
			netip.MustParseAddr("fe80::1"))
	}
	return netip.MustParseAddr(pick(c,
		"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1", "fd00::2",
		"203.0.113.1", "203.0.113.2", "203.0.113.7", "198.51.100.9", "2001:db8::7"))
}
