// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"
)

// Site is one AWS account with one VPC.
type Site struct {
	Name            string
	Version         int // of its flow log format, 2 or 5
	Account, Region string
	VPC             string
	FlowLog         string // fl-…, part of file names
	Hosts           []*Host
	nat             *Host // carries private hosts to the Internet; nil when another account does
	byName          map[string]*Host
	byAddr          map[netip.Addr]*Host
}

// Host is a machine of a site with its one network interface.
type Host struct {
	Name     string
	Addr     netip.Addr
	Addr6    netip.Addr // private (ULA), or invalid
	Public6  netip.Addr // of the Internet, or invalid
	Public   bool       // has an Internet address of its own
	Open     []uint16   // ports that anyone on the Internet reaches
	ENI      string
	Instance string // "-" for what AWS manages: load balancers, NAT, databases, Fargate
	Zone     string
	Subnet   string
	offset   int64 // of its aggregation intervals from the full minute
}

// managed marks hosts that have no instance id.
const managed = "-"

func newSite(s Site, hosts []Host) *Site {
	s.byName = make(map[string]*Host, len(hosts))
	s.byAddr = make(map[netip.Addr]*Host, len(hosts))
	for i := range hosts {
		h := &hosts[i]
		id := identity(s.Name, h.Name)
		h.ENI = fmt.Sprintf("eni-0%016x", id)
		if h.Instance == "" {
			h.Instance = fmt.Sprintf("i-0%016x", id*0x9e3779b97f4a7c15)
		}
		if h.Zone == "" {
			h.Zone = "euc1-az2"
		}
		h.Subnet = fmt.Sprintf("subnet-0%016x", identity(s.Name, netip.PrefixFrom(h.Addr, 24).Masked().String()))
		h.offset = int64(id % 60)
		s.Hosts = append(s.Hosts, h)
		s.byName[h.Name] = h
		for _, a := range []netip.Addr{h.Addr, h.Addr6, h.Public6} {
			if a.IsValid() {
				s.byAddr[a] = h
			}
		}
	}
	return &s
}

// identity is a stable number for a name, to make ids and seeds from.
func identity(parts ...string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(parts, "\x00"))) // never fails, says hash.Hash
	return h.Sum64()
}

// addr is the IPv4 address of a host that the code names.
func (s *Site) addr(name string) netip.Addr { return s.byName[name].Addr }

func (s *Site) addrs(names ...string) []netip.Addr {
	out := make([]netip.Addr, len(names))
	for i, name := range names {
		out[i] = s.addr(name)
	}
	return out
}

// addrs6 are the private IPv6 addresses of hosts that the code names.
func (s *Site) addrs6(names ...string) []netip.Addr {
	out := make([]netip.Addr, len(names))
	for i, name := range names {
		out[i] = s.byName[name].Addr6
	}
	return out
}

// all lists the addresses of the hosts that are not among the excepted.
func (s *Site) all(except ...string) []netip.Addr {
	var out []netip.Addr
	for _, h := range s.Hosts {
		if !slices.Contains(except, h.Name) {
			out = append(out, h.Addr)
		}
	}
	return out
}

// public lists the hosts with an Internet address of their own.
func (s *Site) public() []*Host {
	var out []*Host
	for _, h := range s.Hosts {
		if h.Public {
			out = append(out, h)
		}
	}
	return out
}

// leg is one interface's view of one direction of a conversation.
type leg struct {
	host             *Host
	egress           bool
	src, dst         netip.Addr
	pktSrc, pktDst   netip.Addr
	srcPort, dstPort uint16
}

// legs lists the interfaces that packets from src to dst pass, in order: the
// sender's, the NAT gateway's two, the receiver's; as far as they are this site's.
func (s *Site) legs(src, dst netip.Addr, srcPort, dstPort uint16) []leg {
	var out []leg
	add := func(host *Host, egress bool, src, dst, pktSrc, pktDst netip.Addr) {
		out = append(out, leg{host, egress, src, dst, pktSrc, pktDst, srcPort, dstPort})
	}
	from, to := s.byAddr[src], s.byAddr[dst]
	if from != nil {
		add(from, true, src, dst, src, dst)
	}
	if nat := s.nat; nat != nil {
		switch {
		case from.behindNAT() && to == nil && !inside(dst):
			add(nat, false, src, nat.Addr, src, dst)
			add(nat, true, nat.Addr, dst, nat.Addr, dst)
		case to.behindNAT() && from == nil && !inside(src):
			add(nat, false, src, nat.Addr, src, nat.Addr)
			add(nat, true, nat.Addr, dst, src, dst)
		}
	}
	if to != nil {
		add(to, false, src, dst, src, dst)
	}
	return out
}

func (h *Host) behindNAT() bool { return h != nil && !h.Public }

// inside tells the private addresses that our sites use from the Internet's.
func inside(a netip.Addr) bool { return a.IsPrivate() }
