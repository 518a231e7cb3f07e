// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

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
	c.cfg.AnswerGrace = c.seconds(120, 121, 300, 1800)
	c.cfg.MaxAttempts = pick(c, 1, 2, 5, 1000, 1000, 1000)
	c.cfg.RepeatInterval = c.seconds(1, 20, 100, 1000, 86400)
	c.cfg.EmitResolved = !c.oneIn(3)
	c.cfg.Ignore = c.ignore("", 3)
	for _, rule := range detect.Rules {
		set := c.cfg.Rules[rule.ID]
		set.Enabled = !c.oneIn(10)
		if c.oneIn(4) {
			set.Severity = pick(c, alert.Low, alert.Critical)
		}
		set.MaxKeys = pick(c, 1, 2, 3, 8, 1000, 1000)
		set.Ignore = c.ignore(rule.ID, 6)
		c.tune(rule, &set)
		c.tuneForKind(rule, &set)
		c.cfg.Rules[rule.ID] = set
	}
}

// tune sets the settings that not all rules have.
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
	if slices.Contains(rule.Keys, "stages") {
		set.Stages = 2 + c.IntN(3)
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
	if slices.Contains(rule.Keys, "answered_below") {
		set.AnsweredBelow = pick(c, 0.01, 0.1, 0.5, 1)
	}
	if slices.Contains(rule.Keys, "stages") {
		set.Stages = 2 + c.IntN(2)
		set.Window = c.seconds(10, 100, 3600, 86400)
	}
	set.IncludeInternal = slices.Contains(rule.Keys, "include_internal") && c.oneIn(2)
	set.IncludeReplies = slices.Contains(rule.Keys, "include_replies") && c.oneIn(2)
}

// tuneForKind sets the settings that the kind of the case needs. Frequent updates expose each change of a measure.
func (c *randomCase) tuneForKind(rule *detect.Rule, set *detect.Settings) {
	if c.kind == mixed || !slices.Contains(rule.Keys, "window") {
		return
	}
	set.Severity, set.MaxKeys, set.Ignore = 0, 1000, nil
	switch c.kind {
	case wide:
		c.cfg.Ignore = nil
		c.cfg.RepeatInterval, set.QuietPeriod = c.seconds(1, 20), time.Hour
		set.Window = c.seconds(500, 1000, 3600)
	case connections:
		c.cfg.AllowedLateness, c.cfg.Ignore = c.seconds(30, 120, 1800), c.ignore("", 20)
	case floods:
		c.cfg.AllowedLateness = c.seconds(30, 120, 1800)
		set.Threshold, set.Window = 1+c.Int64N(300), c.seconds(60, 120, 241, 650)
	case guesses:
		c.cfg.AllowedLateness = c.seconds(30, 120)
		set.Failures = 3 + c.Int64N(6)
		set.Window, set.QuietPeriod = c.seconds(10, 20, 60), c.seconds(0, 1, 5)
	case volumes:
		set.Threshold = 100 + c.Int64N(400)
		set.Window = c.seconds(119, 120, 241, 650)
	}
}

func (c *randomCase) seconds(values ...int64) time.Duration {
	return time.Duration(pick(c, values...)) * time.Second
}

// ignore returns the allowlist of a rule, or of the processor if rule is empty. It has an entry once in n times.
func (c *randomCase) ignore(rule string, n int) (list []detect.Ignore) {
	for c.oneIn(n) {
		e := detect.Ignore{}
		switch c.IntN(9) {
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
			e.Account = []configtype.Account{"2"}
		case 7:
			e.Instance = []string{"i-1"}
		case 8:
			e.Rule = []string{rule}
			if rule == "" {
				e.Rule = []string{"dns_not_over_udp", "suspicious_destination", "internal_reject_sweep"}
			}
		}
		if c.oneIn(2) {
			e.Source = append(e.Source, detect.Network(netip.MustParsePrefix("203.0.113.0/24")))
		}
		if c.oneIn(2) {
			e.Expires = detect.Expiry(midnight + pick[int64](c, -86400, 0, c.Int64N(30)-100, 86400))
		}
		list = append(list, e)
	}
	return list
}
