// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Script is a piece of traffic with a name that is played once: an attack, which
// must cause its alerts, or a decoy, which looks like one and must cause none.
type Script struct {
	Name    string
	Site    string
	At      time.Duration // after the start of the log
	Summary string
	Alerts  []Alert  // what an attack must cause; empty for a decoy
	Silent  []string // the rules that a decoy comes close to

	conversations []Conversation // Start is relative to At
}

// Alert is what detection must say of an attack, under its default
// configuration and with the demo's threat list. Parts that the rule does not
// fix are empty.
type Alert struct {
	Rule        string
	Source      netip.Addr
	Destination netip.Addr
	Port        uint16
	Country     string
	Updated     int    // how many updates follow the opening
	Why         string // for what is a side effect
}

// Decoy tells decoys from attacks.
func (s *Script) Decoy() bool { return len(s.Alerts) == 0 }

// at is the time of day on a day of the log, counted from 1. Days 1 to 7 are for learning.
func at(dayNumber, hour, minute int) time.Duration {
	return time.Duration(dayNumber-1)*day + time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute
}

// Scripts lists all attacks and decoys by time.
func Scripts() []*Script {
	shop, platform := newShop(), newPlatform()
	all := slices.Concat(
		externalScans(shop, platform), internalScans(shop, platform), guessing(shop, platform),
		listedPeers(shop, platform), newPeers(shop, platform), outbound(shop, platform), floods(shop, platform),
		[]*Script{intrusion(platform)},
		belowThresholds(shop, platform), failedLogins(shop, platform), answers(shop, platform), backscatter(shop, platform), unseen(platform),
	)
	slices.SortStableFunc(all, func(a, b *Script) int { return int(a.At - b.At) })
	return all
}

func scriptNames() string {
	var names []string
	for _, s := range Scripts() {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// played lists the scripts that the options ask for.
func (o Options) played() []*Script {
	all := Scripts()
	if o.Scripts == nil {
		return all
	}
	return slices.DeleteFunc(all, func(s *Script) bool { return !slices.Contains(o.Scripts, s.Name) })
}

// from gives the conversations of a log that starts at begin.
func (s *Script) from(begin int64) []Conversation {
	out := slices.Clone(s.conversations)
	for i := range out {
		out[i].Start += begin + int64(s.At.Seconds())
	}
	return out
}

// length is from At to the end of the last conversation.
func (s *Script) length() time.Duration {
	var end int64
	for _, c := range s.conversations {
		end = max(end, c.Start+c.Seconds)
	}
	return time.Duration(end) * time.Second
}

// try adds one packet that opens, or tries to open, a connection. Each try of a
// script comes from a port of its own.
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

// connect adds a connection that is answered.
func (s *Script) connect(second int, from, to netip.Addr, at service, e exchange) {
	s.conversations = append(s.conversations, Conversation{
		Start: int64(second), Seconds: e.seconds, Client: from, ClientPort: s.nextPort(), Server: to, ServerPort: at.port,
		Protocol: at.protocol, Sent: e.sent, Received: e.received,
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

// session is a login and a few commands.
var session = exchange{Volume{64, 9100}, Volume{58, 14800}, 45}

// fetch is a small request and its answer.
var fetch = exchange{Volume{9, 1460}, Volume{8, 4200}, 2}
