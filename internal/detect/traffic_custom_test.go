// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// randomCustomRules returns up to three random custom rules.
func (c *randomCase) randomCustomRules() (list []detect.CustomRule) {
	for n := range c.IntN(4) {
		r := detect.DefaultCustomRule(pick(c, detect.Kinds()...))
		r.ID = fmt.Sprint("custom_", n)
		r.Key = c.parts("source", "source", "destination", "port", "source_port", "protocol", "country", "interface", "vpc")
		r.MaxKeys, r.Ignore = pick(c, 1, 3, 1000, 1000), c.ignore(r.ID, 8)
		if c.oneIn(3) {
			r.Severity = pick(c, alert.Medium, alert.Critical)
		}
		window, quiet := c.seconds(1, 10, 60, 119, 241, 3600), c.seconds(0, 10, 200, 3600)
		switch r.Kind {
		case detect.Each:
			r.QuietPeriod = quiet
		case detect.Distinct:
			r.Count = c.parts("source", "destination", "port", "source_port", "protocol", "country", "interface", "vpc")
			r.Threshold, r.Window, r.QuietPeriod = 1+c.Int64N(4), window, quiet
		case detect.Sum:
			r.Sum, r.Over = pick(c, "packets", "bytes"), c.oneIn(2)
			r.Threshold, r.Window, r.QuietPeriod = 1+c.Int64N(80), window, quiet
		case detect.FirstSeen:
			r.Retention, r.LearningPeriod = c.seconds(1, 20, 100, 3000), c.seconds(0, 0, 10, 100)
		case detect.Sequence:
			r.Count = c.parts("destination", "port", "source_port")
			r.Failures, r.Window, r.QuietPeriod = 1+c.Int64N(3), window, quiet
		}
		switch {
		case r.Kind == detect.Sequence:
			r.First, r.Then = c.match(), c.match()
			if c.oneIn(3) {
				r.First, r.Then = &detect.Match{Outcome: []string{"failed"}}, &detect.Match{Outcome: []string{"answered"}}
			}
		case !c.oneIn(10):
			r.Match = c.match()
		}
		list = append(list, r)
	}
	return list
}

// parts returns up to three of the words.
func (c *randomCase) parts(words ...detect.Part) (list []detect.Part) {
	seen := map[detect.Part]bool{}
	for range 1 + c.IntN(3) {
		if word := pick(c, words...); !seen[word] {
			seen[word] = true
			list = append(list, word)
		}
	}
	return list
}

// match returns a random match.
func (c *randomCase) match() *detect.Match {
	m := &detect.Match{}
	if c.oneIn(2) {
		m.Class = pick(c, []string{"internal_to_internal"}, []string{"external_to_internal", "internal_to_internal"}, []string{"internal_to_external"})
	}
	if c.oneIn(3) {
		m.Outcome = pick(c, []string{"failed"}, []string{"answered"}, []string{"failed", "answered"})
	} else {
		m.Role = pick(c, nil, nil, []string{"any"}, []string{"reply", "unknown"})
	}
	m.Action = pick(c, nil, nil, []string{"accept"}, []string{"reject"}, []string{"any"})
	c.matchPart(m)
	if c.oneIn(4) {
		m.Not = &detect.Match{}
		if c.oneIn(3) {
			m.Not.Action = pick(c, []string{"reject"}, []string{"accept"})
		} else {
			m.Not.Protocol = []detect.Protocol{17, 1}
			c.matchPart(m.Not)
		}
	}
	return m
}

// matchPart sets a part of a match.
func (c *randomCase) matchPart(m *detect.Match) {
	switch c.IntN(12) {
	case 0:
		m.Source = []detect.Network{detect.Network(netip.MustParsePrefix("10.0.0.2/31"))}
	case 1:
		m.Destination = []detect.Network{detect.Network(netip.MustParsePrefix("203.0.113.0/24")), detect.Network(netip.MustParsePrefix("10.0.0.1/32"))}
	case 2:
		m.Port = []detect.PortRange{{First: 22, Last: 22}, {First: 400, Last: 9000}}
	case 3:
		m.Protocol = []detect.Protocol{6, 1}
	case 4:
		m.Country = []string{"BR", "NL"}
	case 5:
		m.Interface = []string{"eni-1"}
	case 6:
		m.Account = []configtype.Account{"1"}
	case 7:
		m.VPC, m.Instance = []string{"vpc-1"}, []string{"i-1", "i-2"}
	case 8:
		m.SourceList = pick(c, []string{"any"}, []string{"test"})
	case 9:
		m.DestinationList = pick(c, []string{"any"}, []string{"test"})
	}
	if m.Source == nil && m.SourceList == nil && c.oneIn(3) {
		m.Protocol = []detect.Protocol{17, 6}
	}
}
