// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/scenario"
)

// randomCase is random traffic of a small world, in which everything soon happens twice, and a configuration under
// which little makes a lot of alerts.
type randomCase struct {
	*rand.Rand
	cfg       detect.Config
	threats   []netip.Prefix
	countries scenario.CountryTable
	flows     []flow.Flow
}

func newCase(seed uint64) *randomCase {
	c := &randomCase{
		Rand:    rand.New(rand.NewPCG(seed, 0)),
		threats: prefixes("203.0.113.0/30", "198.51.100.9/32", "2001:db8::7/128", "10.0.0.0/8", "fc00::/19"),
		countries: scenario.CountryTable{
			netip.MustParsePrefix("203.0.113.0/24"):  "BR",
			netip.MustParsePrefix("203.0.113.1/32"):  "SE",
			netip.MustParsePrefix("2001:db8::/64"):   "NL",
			netip.MustParsePrefix("198.51.100.9/32"): "ZZ",
			netip.MustParsePrefix("10.0.0.0/8"):      "JP",
		},
	}
	c.configure()
	wide := c.oneIn(20) // so many distinct values that timelines overflow
	f := c.flow(nil, wide)
	f.Time = time.Date(2025, 1, 16, 0, 0, 0, 0, time.UTC).Unix() - 100 // ignore entries expire soon
	n := 20 + c.IntN(280)
	if wide {
		n = 700
	}
	for range n {
		f = c.flow(&f, wide)
		c.flows = append(c.flows, f)
		late := f
		switch {
		case c.oneIn(6): // delivered out of order
			late.Time -= c.Int64N(2*seconds(c.cfg.AllowedLateness) + 10)
			c.flows = append(c.flows, late)
		case c.oneIn(12): // delivered again
			c.flows = append(c.flows, c.flows[c.IntN(len(c.flows))])
		}
	}
	return c
}

func (c *randomCase) oneIn(n int) bool { return c.IntN(n) == 0 }

// pick returns one of the values.
func pick[T any](c *randomCase, values ...T) T { return values[c.IntN(len(values))] }

// flow returns one that has much in common with the one before.
func (c *randomCase) flow(before *flow.Flow, wide bool) flow.Flow {
	f := flow.Flow{}
	if before != nil {
		f = *before
	}
	fresh := func(n int) bool { return before == nil || c.oneIn(n) }
	f.Time += pick[int64](c, 0, 0, 1, 1, 2, 5, 20, 70)
	if !wide && c.oneIn(25) {
		f.Time += pick[int64](c, 150, 400, 3000)
	}
	if fresh(4) {
		f.Src = c.address()
	}
	if fresh(2) {
		f.Dst = c.address()
	}
	if fresh(2) {
		f.SrcPort = pick[uint16](c, 0, 22, 53, 443, 8080, 40000, 40001, uint16(50000+c.IntN(30)))
	}
	if fresh(2) {
		f.DstPort = pick[uint16](c, 0, 22, 22, 3389, 53, 443, 8080, 40000, uint16(1+c.IntN(40)))
	}
	if wide {
		f.DstPort, f.SrcPort = uint16(1+c.IntN(400)), uint16(50000+c.IntN(400))
		if c.oneIn(2) {
			f.DstPort = 22
		}
	}
	if fresh(3) {
		f.Protocol = pick[uint8](c, 6, 6, 6, 17, 1, 58, 47)
		if f.Protocol != 6 && f.Protocol != 17 && !c.oneIn(5) {
			f.SrcPort, f.DstPort = 0, 0
		}
	}
	if fresh(2) {
		f.Flags = pick[uint8](c, 0, 0, 2, 2, 18, 1, 4, 3, 6, 16)
	}
	if fresh(3) {
		f.Action = pick(c, flow.NoAction, flow.Accept, flow.Accept, flow.Reject, flow.Reject)
	}
	if fresh(4) {
		f.Direction = pick(c, flow.DirectionUnknown, flow.Ingress, flow.Ingress, flow.Egress)
	}
	if fresh(8) {
		f.Account, f.VPC = pick(c, "1", "2", ""), pick(c, "vpc-1", "vpc-2", "")
		f.Interface = pick(c, "eni-1", "eni-2")
	}
	f.Packets, f.Bytes = c.weight(), c.weight()
	f.Hop = c.oneIn(30)
	f.Status = flow.StatusOK
	if c.oneIn(60) {
		f.Status = pick(c, flow.NoData, flow.SkipData)
	}
	return f
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
			netip.MustParseAddr("169.254.1.1"), netip.MustParseAddr("240.0.0.1"))
	}
	return netip.MustParseAddr(pick(c,
		"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1", "fd00::2",
		"203.0.113.1", "203.0.113.2", "203.0.113.7", "198.51.100.9", "2001:db8::7"))
}

func (c *randomCase) configure() {
	c.cfg = detect.DefaultConfig()
	c.cfg.Scope = pick(c, detect.ByAccount, detect.ByVPC, detect.Global, detect.Global)
	if c.oneIn(3) {
		c.cfg.InternalNetworks = prefixes("10.0.0.0/30", "fd00::/16", "203.0.113.2/32")
	}
	if c.oneIn(3) {
		c.cfg.ServicePorts = []int{40000}
	}
	c.cfg.EvaluateHops = c.oneIn(2)
	c.cfg.AllowedLateness = c.seconds(0, 1, 5, 30, 120, 1800)
	c.cfg.RepeatInterval = c.seconds(1, 20, 100, 1000, 86400)
	c.cfg.EmitResolved = !c.oneIn(3)
	c.cfg.Ignore = c.ignore(3)
	for _, rule := range detect.Rules {
		set := c.cfg.Rules[rule.ID]
		set.Enabled = !c.oneIn(10)
		if c.oneIn(4) {
			set.Severity = pick(c, alert.Low, alert.Critical)
		}
		set.MaxKeys = pick(c, 1, 2, 3, 8, 1000, 1000)
		set.Ignore = c.ignore(6)
		c.tune(rule, &set)
		c.cfg.Rules[rule.ID] = set
	}
}

// tune sets what the rule takes besides what all rules do.
func (c *randomCase) tune(rule *detect.Rule, set *detect.Settings) {
	if slices.Contains(rule.Keys, "threshold") {
		set.Threshold = 1 + c.Int64N(4)
		if rule.Unit == alert.Packets || rule.Unit == alert.Bytes {
			set.Threshold = 1 + c.Int64N(80)
		}
	}
	if slices.Contains(rule.Keys, "failures") {
		set.Failures = 1 + c.Int64N(4)
	}
	if slices.Contains(rule.Keys, "window") {
		set.Window = c.seconds(1, 2, 10, 60, 119, 120, 241, 650, 3600)
	}
	if slices.Contains(rule.Keys, "quiet_period") {
		set.QuietPeriod = c.seconds(0, 1, 10, 60, 200, 3600)
	}
	if slices.Contains(rule.Keys, "retention") {
		set.Retention, set.LearningPeriod = c.seconds(1, 20, 100, 3000), c.seconds(0, 0, 10, 100)
	}
	if slices.Contains(rule.Keys, "ports") && c.oneIn(3) {
		set.Ports = []int{22, 53, 40000}
	}
	if slices.Contains(rule.Keys, "group_by") {
		set.GroupBy = pick(c, detect.BySource, detect.BySourceDestination)
	}
	set.IncludeInternal = slices.Contains(rule.Keys, "include_internal") && c.oneIn(2)
	set.IncludeReplies = slices.Contains(rule.Keys, "include_replies") && c.oneIn(2)
}

func (c *randomCase) seconds(values ...int64) time.Duration {
	return time.Duration(pick(c, values...)) * time.Second
}

// ignore returns an allowlist, which is empty but for one time in n.
func (c *randomCase) ignore(n int) (list []detect.Ignore) {
	for c.oneIn(n) {
		e := detect.Ignore{}
		switch c.IntN(7) {
		case 0:
			e.Source = []detect.Network{detect.Network(netip.PrefixFrom(netip.MustParseAddr("10.0.0.2"), 31))}
		case 1:
			e.Destination = []detect.Network{detect.Network(netip.MustParsePrefix("203.0.113.2/32"))}
		case 2:
			e.Port = make([]detect.PortRange, 2)
			for i, text := range []string{"22", "8000-9000"} {
				if err := e.Port[i].UnmarshalText([]byte(text)); err != nil {
					panic(err)
				}
			}
		case 3:
			e.Protocol = []detect.Protocol{17, 1}
		case 4:
			e.Country = []string{"BR", "JP"}
		case 5:
			e.Interface = []string{"eni-1"}
		case 6:
			e.Account = []string{"2"}
		}
		if c.oneIn(2) {
			e.Source = append(e.Source, detect.Network(netip.MustParsePrefix("203.0.113.0/24")))
		}
		if c.oneIn(2) {
			e.Expires = detect.Date(time.Date(2025, 1, 16, 0, 0, 0, 0, time.UTC).Unix())
		}
		list = append(list, e)
	}
	return list
}
