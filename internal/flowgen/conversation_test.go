// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordsOf returns the records that a site logs of a conversation.
func recordsOf(s *Site, c Conversation) []Record {
	var out []Record
	s.records(c, func(r Record) { out = append(out, r) })
	return out
}

// intervalStart returns the start of an aggregation interval of the host.
func intervalStart(h *Host) int64 { return h.intervalEnd(1772409600) }

func TestConversationIsDividedIntoIntervals(t *testing.T) {
	shop := newShop()
	web := shop.byName["web-1"]
	c := Conversation{
		Client: addr("84.140.3.8"), ClientPort: 50000, Server: web.Addr, ServerPort: 443, Protocol: tcp,
		Sent: Volume{100, 10_001}, Received: Volume{3, 4500},
	}
	for name, test := range map[string]struct {
		late, seconds int64
		starts        []int64
		packets       []uint64
		flags         []uint8
	}{
		"all within one interval":                       {0, 59, []int64{0}, []uint64{100}, []uint8{3}},
		"one second over":                               {0, 60, []int64{0, 60}, []uint64{99, 1}, []uint8{2, 1}},
		"starting in the last second of an interval":    {59, 59, []int64{59, 60}, []uint64{2, 98}, []uint8{2, 1}},
		"three intervals, the middle one without flags": {30, 119, []int64{30, 60, 120}, []uint64{25, 50, 25}, []uint8{2, 0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			begin := intervalStart(web)
			c.Start, c.Seconds = begin+test.late, test.seconds
			var all, reply Volume
			var starts []int64
			var packets []uint64
			var flags []uint8
			for _, r := range recordsOf(shop, c) {
				assert.LessOrEqual(t, r.End-r.Start, int64(59))
				assert.LessOrEqual(t, r.End, c.Start+c.Seconds)
				assert.Less(t, r.End, r.arrival)
				if r.SrcPort == 443 {
					reply = Volume{reply.Packets + r.Packets, reply.Bytes + r.Bytes}
					continue
				}
				all = Volume{all.Packets + r.Packets, all.Bytes + r.Bytes}
				starts, packets, flags = append(starts, r.Start-begin), append(packets, r.Packets), append(flags, r.Flags)
			}
			assert.Equal(t, c.Sent, all, "no packet is lost or counted twice")
			assert.Equal(t, c.Received, reply)
			assert.Equal(t, test.starts, starts)
			assert.Equal(t, test.packets, packets)
			assert.Equal(t, test.flags, flags)
		})
	}
}

func TestOutcomesAreLoggedAsByAWS(t *testing.T) {
	platform := newPlatform()
	orders, rds := platform.byName["orders-1"], platform.byName["rds"]
	type view struct {
		host     string
		egress   bool
		rejected bool
		flags    uint8
	}
	for name, test := range map[string]struct {
		outcome Outcome
		want    []view
	}{
		"answered: both ways, at both interfaces": {
			Answered, []view{{"orders-1", true, false, 3}, {"rds", false, false, 3}, {"rds", true, false, 19}, {"orders-1", false, false, 19}},
		},
		"unanswered: no reply": {
			Unanswered, []view{{"orders-1", true, false, 2}, {"rds", false, false, 2}},
		},
		"rejected: the sender's interface still accepts": {
			Rejected, []view{{"orders-1", true, false, 2}, {"rds", false, true, 2}},
		},
		"refused: the reply is RST": {
			Refused, []view{{"orders-1", true, false, 2}, {"rds", false, false, 2}, {"rds", true, false, 4}, {"orders-1", false, false, 4}},
		},
		"blocked: dropped at the sender": {
			Blocked, []view{{"orders-1", true, true, 2}},
		},
		"unsolicited: a SYN-ACK is dropped": {
			Unsolicited, []view{{"orders-1", true, false, 18}, {"rds", false, true, 18}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []view
			for _, r := range recordsOf(platform, Conversation{
				Start: 1772409600, Client: orders.Addr, ClientPort: 40000, Server: rds.Addr, ServerPort: 5432, Protocol: tcp,
				Outcome: test.outcome, Sent: Volume{1, 44}, Received: Volume{1, 40},
			}) {
				got = append(got, view{r.Host.Name, r.Egress, r.Rejected, r.Flags})
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestOnlyTCPHasFlags(t *testing.T) {
	shop := newShop()
	records := recordsOf(shop, Conversation{
		Start: 1772409600, Client: shop.addr("web-1"), ClientPort: 40000, Server: shop.addr("dns"), ServerPort: 53, Protocol: udp,
		Sent: Volume{1, 71}, Received: Volume{1, 135},
	})
	require.Len(t, records, 4)
	for _, r := range records {
		assert.Zero(t, r.Flags)
	}
}

func TestNATGatewayLogsBothSides(t *testing.T) {
	platform := newPlatform()
	const host, gateway, outside = "10.50.48.10", "10.50.0.220", "140.82.121.4"
	c := Conversation{
		Start: 1772409600, Client: addr(host), ClientPort: 40000, Server: addr(outside), ServerPort: 443, Protocol: tcp,
		Sent: Volume{1, 60}, Received: Volume{1, 60},
	}
	type view struct{ host, src, dst, pktSrc, pktDst string }
	var got []view
	for _, r := range recordsOf(platform, c) {
		got = append(got, view{r.Host.Name, r.Src.String(), r.Dst.String(), r.PktSrc.String(), r.PktDst.String()})
	}
	assert.Equal(t, []view{
		{"runner", host, outside, host, outside},
		{"nat", host, gateway, host, outside}, // a hop, by pkt-dstaddr
		{"nat", gateway, outside, gateway, outside},
		{"nat", outside, gateway, outside, gateway},
		{"nat", gateway, host, outside, host}, // a hop, by pkt-srcaddr
		{"runner", outside, host, outside, host},
	}, got)

	c.Client = platform.addr("bastion")
	assert.Len(t, recordsOf(platform, c), 2, "a host with a public address uses no gateway")

	c.Client = newShop().addr("app-1")
	assert.Empty(t, recordsOf(platform, c), "traffic of another account")
}

func TestTrafficPath(t *testing.T) {
	platform := newPlatform()
	path := func(host, dst string) uint8 {
		return leg{host: platform.byName[host], egress: true, dst: addr(dst)}.path()
	}
	assert.Equal(t, uint8(1), path("runner", "10.50.0.53"), "another host of the VPC")
	assert.Equal(t, uint8(1), path("runner", "140.82.121.4"), "the NAT gateway")
	assert.Equal(t, uint8(8), path("nat", "140.82.121.4"), "the Internet gateway")
	assert.Zero(t, leg{host: platform.byName["nat"]}.path(), "incoming packets have no path")
}
