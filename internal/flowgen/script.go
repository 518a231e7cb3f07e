// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Script is a named piece of traffic that is played once. It is an attack, which must cause its alerts, or a decoy,
// which looks like an attack and must cause none.
type Script struct {
	Name    string
	Site    string
	At      time.Duration // after the start of the log
	Summary string
	Alerts  []Alert  // what an attack must cause; empty for a decoy
	Silent  []string // the IDs of the rules that a decoy almost triggers

	conversations []Conversation // Start is relative to At
}

// Alert is an alert that an attack must cause with the default configuration and the threat list [Threats]. Fields that
// the rule does not determine are empty.
type Alert struct {
	Rule        string
	Source      netip.Addr
	Destination netip.Addr
	Port        uint16
	Country     string
	Updated     int    // number of updates after the first alert
	Why         string // explains a side effect
}

// Decoy reports whether the script is a decoy.
func (s *Script) Decoy() bool { return len(s.Alerts) == 0 }

// attacks makes the scripts of one rule.
type attacks struct {
	rule string // empty for an attack in several steps
	make func(shop, platform *Site) []*Script
}

// allAttacks is filled before main runs, by the files named attack_*.go.
var allAttacks []attacks

// registerAttacks adds the scripts of a rule. Each file attack_<rule>.go calls it in a package variable, so that a new attack needs
// only a new file.
//
//nolint:unparam // the result is for the package variable
func registerAttacks(rule string, scripts func(shop, platform *Site) []*Script) struct{} {
	allAttacks = append(allAttacks, attacks{rule, scripts})
	return struct{}{}
}

// Scripts returns all attacks and decoys in the order of their time.
func Scripts() []*Script {
	shop, platform := newShop(), newPlatform()
	var all []*Script
	for _, each := range allAttacks {
		all = append(all, each.make(shop, platform)...)
	}
	slices.SortFunc(all, func(a, b *Script) int {
		if a.At != b.At {
			return int(a.At - b.At)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

// at returns the time of day on a day of the log, which counts from 1. The first seven days are for learning.
func at(dayNumber, hour, minute int) time.Duration {
	return time.Duration(dayNumber-1)*day + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// conversationsFrom returns the conversations in a log that starts at the Unix time begin.
func (s *Script) conversationsFrom(begin int64) []Conversation {
	out := slices.Clone(s.conversations)
	for i := range out {
		out[i].Start += begin + int64(s.At.Seconds())
	}
	return out
}

// length returns the time from At to the end of the last conversation.
func (s *Script) length() time.Duration {
	var end int64
	for _, c := range s.conversations {
		end = max(end, c.Start+c.Seconds)
	}
	return time.Duration(end) * time.Second
}

// try adds one packet that tries to open a connection. Each attempt of a script uses another source port.
func (s *Script) try(second int, from, to netip.Addr, at service, outcome Outcome) {
	c := Conversation{
		Start: int64(second), Client: from, ClientPort: s.nextPort(), Server: to, ServerPort: at.port,
		Protocol: at.protocol, Outcome: outcome, Sent: probe(at.protocol),
	}
	if outcome == Refused {
		c.Received = Volume{1, 40}
	}
	s.conversations = append(s.conversations, c)
}

// tryPorts tries TCP ports from 9001 on, one every two seconds.
func (s *Script) tryPorts(from, to netip.Addr, ports int, outcome Outcome) {
	for i := range ports {
		s.try(2*i, from, to, service{uint16(9001 + i), tcp}, outcome)
	}
}

// connect adds a connection that is answered.
func (s *Script) connect(second int, from, to netip.Addr, at service, e exchange) {
	s.conversations = append(s.conversations, Conversation{
		Start: int64(second), Seconds: e.seconds, Client: from, ClientPort: s.nextPort(), Server: to, ServerPort: at.port,
		Protocol: at.protocol, Sent: e.sent, Received: e.received,
	})
}

// reply adds one SYN-ACK to which there was no SYN.
func (s *Script) reply(second int, from netip.Addr, fromPort uint16, to netip.Addr, toPort uint16) {
	s.conversations = append(s.conversations, Conversation{
		Start: int64(second), Client: from, ClientPort: fromPort, Server: to, ServerPort: toPort,
		Protocol: tcp, Outcome: Unsolicited, Sent: probe(tcp),
	})
}

// ping adds echo requests and as many replies.
func (s *Script) ping(second int, from, to netip.Addr, packets uint64, seconds int64) {
	echoes := Volume{packets, packets * 84}
	s.conversations = append(s.conversations, Conversation{
		Start: int64(second), Seconds: seconds, Client: from, Server: to, Protocol: icmp, Sent: echoes, Received: echoes,
	})
}

func (s *Script) nextPort() uint16 { return 45001 + uint16(2*len(s.conversations)) }
