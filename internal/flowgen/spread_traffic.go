// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"math/rand/v2"
	"net/netip"
)

// spreadKind is a kind of record between an internal and an external address.
type spreadKind struct {
	service
	inbound, reply, rejected bool
}

// spreadKinds are equally frequent. The first one is not rejected.
var spreadKinds = [...]spreadKind{
	{service: https, inbound: true},
	{service: https, inbound: true},
	{service: https, reply: true},
	{service: https},
	{service: https, inbound: true, reply: true},
	{service: dns},
	{service: dns, inbound: true, reply: true},
	{service: telnet, inbound: true, rejected: true},
	{service: smb, inbound: true, rejected: true},
	{service: rdp, inbound: true, rejected: true},
}

// spreadTraffic makes the records of a [Spread].
type spreadTraffic struct {
	hosts    []*Host
	rng      *rand.Rand
	visitors uint32 // the state of visitor
	now      int64
	record   Record
	accepted Record // the last accepted one
}

func newSpreadTraffic(site *Site, seed uint64) *spreadTraffic {
	return &spreadTraffic{
		hosts: site.Hosts, rng: rand.New(rand.NewPCG(seed, identity(site.Name))), visitors: uint32(seed),
	}
}

// addFirst makes the first record of a new external address.
func (t *spreadTraffic) addFirst() {
	kind := spreadKinds[0]
	if t.accepted.Host != nil {
		kind = spreadKinds[t.rng.IntN(len(spreadKinds))]
	}
	host := t.hosts[t.rng.IntN(len(t.hosts))]
	t.start(host)
	r := &t.record
	r.Protocol, r.Rejected = kind.protocol, kind.rejected
	r.Src, r.Dst = host.Addr, t.visitor()
	if kind.inbound {
		r.Src, r.Dst = r.Dst, r.Src
	}
	r.SrcPort, r.DstPort = t.clientPort(), kind.port
	if kind.reply {
		r.SrcPort, r.DstPort = r.DstPort, r.SrcPort
	}
	t.fill()
	if !kind.rejected {
		t.accepted = *r
	}
}

// addOpposite makes a record of the opposite direction of the last accepted record.
func (t *spreadTraffic) addOpposite() {
	a := t.accepted
	t.start(a.Host)
	r := &t.record
	r.Protocol = a.Protocol
	r.Src, r.Dst = a.Dst, a.Src
	r.SrcPort, r.DstPort = a.DstPort, a.SrcPort
	t.fill()
}

// addSweep makes the nth record of a host that other hosts reject.
func (t *spreadTraffic) addSweep(n int) {
	t.start(t.hosts[0])
	r := &t.record
	r.Protocol, r.Rejected = smb.protocol, true
	r.Src, r.Dst = t.hosts[0].Addr, t.hosts[1+n].Addr
	r.SrcPort, r.DstPort = t.clientPort(), smb.port
	t.fill()
}

// start begins a record of a host that ends now.
func (t *spreadTraffic) start(host *Host) {
	t.record = Record{Host: host, Status: OK, Start: t.now - pick[int64](t.rng, 0, 5, 30, 59), End: t.now}
}

// fill sets the volume.
func (t *spreadTraffic) fill() {
	r := &t.record
	size := pick[uint64](t.rng, 60, 120, 400, 900)
	switch {
	case r.Rejected:
		r.Packets, size = pick[uint64](t.rng, 1, 1, 2, 3), probe(tcp).Bytes
	case r.Protocol == udp:
		r.Packets = 1
	default:
		r.Packets = 4 + t.rng.Uint64N(20)
	}
	r.Bytes = r.Packets * size
}

// clientPort returns an ephemeral port.
func (t *spreadTraffic) clientPort() uint16 { return uint16(49152 + t.rng.IntN(1024)) }

// pick returns one of the values.
func pick[T any](rng *rand.Rand, values ...T) T { return values[rng.IntN(len(values))] }

// visitor returns the next external address. All of them differ, because scatter is a permutation.
func (t *spreadTraffic) visitor() netip.Addr {
	for {
		n := scatter(t.visitors)
		t.visitors++
		a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if isInternet(a) {
			return a
		}
	}
}

// scatter is a permutation of all numbers that looks random.
func scatter(n uint32) uint32 {
	n = (n ^ n>>16) * 0x85ebca6b
	n = (n ^ n>>13) * 0xc2b2ae35
	return n ^ n>>16
}

var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// isInternet reports whether an IPv4 address is a unicast address of the Internet.
func isInternet(a netip.Addr) bool {
	const multicast = 224
	first := a.As4()[0]
	return first > 0 && first < multicast && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !sharedSpace.Contains(a)
}
