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
	Version         int // of its flow log format: 2 or 5
	Account, Region string
	VPC             string
	FlowLog         string // fl-…, part of file names
	Hosts           []*Host
	nat             *Host // connects private hosts to the Internet; nil if that is in another account
	byName          map[string]*Host
	byAddr          map[netip.Addr]*Host
}

// Host is a host of a site with its only network interface.
type Host struct {
	Name     string
	Addr     netip.Addr
	Addr6    netip.Addr // private (ULA); invalid if it has none
	Public6  netip.Addr // public; invalid if it has none
	Public   bool       // has a public IPv4 address
	Open     []uint16   // ports that are open to the Internet
	ENI      string
	Instance string // "-" for a managed service: a load balancer, NAT gateway, database or Fargate task
	Zone     string
	Subnet   string
	offset   int64 // seconds between the full minute and the start of an aggregation interval
}

// managed is the instance ID of hosts that have none.
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

// identity returns a hash of a name, for IDs and seeds.
func identity(parts ...string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(parts, "\x00"))) // a hash.Hash never returns an error
	return h.Sum64()
}

// addr returns the IPv4 address of a host.
func (s *Site) addr(name string) netip.Addr { return s.byName[name].Addr }

func (s *Site) addrs(names ...string) []netip.Addr {
	out := make([]netip.Addr, len(names))
	for i, name := range names {
		out[i] = s.addr(name)
	}
	return out
}

// addrs6 returns the private IPv6 addresses of hosts.
func (s *Site) addrs6(names ...string) []netip.Addr {
	out := make([]netip.Addr, len(names))
	for i, name := range names {
		out[i] = s.byName[name].Addr6
	}
	return out
}

// all returns the addresses of all hosts except some.
func (s *Site) all(except ...string) []netip.Addr {
	var out []netip.Addr
	for _, h := range s.Hosts {
		if !slices.Contains(except, h.Name) {
			out = append(out, h.Addr)
		}
	}
	return out
}

// public returns the hosts with a public IPv4 address.
func (s *Site) public() []*Host {
	var out []*Host
	for _, h := range s.Hosts {
		if h.Public {
			out = append(out, h)
		}
	}
	return out
}

// leg is one direction of a conversation at one interface.
type leg struct {
	host             *Host
	egress           bool
	src, dst         netip.Addr
	pktSrc, pktDst   netip.Addr
	srcPort, dstPort uint16
}

// legs returns the interfaces of this site that packets from src to dst pass, in order: the sender's, the NAT gateway's
// twice, and the receiver's.
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
		case from.behindNAT() && to == nil && !isPrivate(dst):
			add(nat, false, src, nat.Addr, src, dst)
			add(nat, true, nat.Addr, dst, nat.Addr, dst)
		case to.behindNAT() && from == nil && !isPrivate(src):
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

// isPrivate reports whether an address is one of the sites' own.
func isPrivate(a netip.Addr) bool { return a.IsPrivate() }
