// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package overviewtest generates traffic for tests and benchmarks of the dashboard.
package overviewtest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Start is the start of test traffic.
var Start = time.Date(2025, time.January, 6, 0, 0, 0, 0, time.UTC)

// Traffic generates realistic traffic: a few hosts send most of it, most is internal, and the Internet scans the network.
type Traffic struct {
	random *rand.Rand
	zipf   *rand.Zipf
}

// New returns a generator with the given seed.
func New(seed uint64) *Traffic {
	random := rand.New(rand.NewPCG(seed, 1))
	return &Traffic{random, rand.NewZipf(random, 1.1, 4, 1<<20)}
}

var services = []uint16{443, 443, 443, 443, 80, 53, 5432, 22, 3306, 8080}

// interfaces has as many entries as a large account.
var interfaces = func() (names []string) {
	for n := range 3000 {
		names = append(names, fmt.Sprintf("eni-%017x", n*7919))
	}
	return names
}()

// Internal returns the address of one of 5000 internal hosts, some of them more often than others.
func (t *Traffic) Internal() netip.Addr {
	n := uint32(t.zipf.Uint64() % 5000)
	return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)})
}

// External returns the address of one of a million external hosts.
func (t *Traffic) External() netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], 0x08000000+uint32(t.zipf.Uint64())*1009)
	return netip.AddrFrom4(b)
}

// Flow returns the next flow, at a time in Unix seconds.
func (t *Traffic) Flow(at int64) flow.Flow {
	f := flow.Flow{
		Time: at, Protocol: 6, Action: flow.Accept, SrcPort: uint16(32768 + t.random.IntN(28000)),
		DstPort: services[t.random.IntN(len(services))], Packets: uint64(1 + t.random.IntN(100)), Flags: 2,
		Account: "123456789012", Interface: interfaces[t.zipf.Uint64()%uint64(len(interfaces))],
	}
	f.Bytes = f.Packets * uint64(40+t.random.IntN(1400))
	switch t.random.IntN(10) {
	case 0, 1:
		f.Src, f.Dst = t.External(), t.Internal()
		f.DstPort, f.Action = uint16(t.random.IntN(1<<16)), flow.Reject
	case 2, 3, 4:
		f.Src, f.Dst = t.Internal(), t.External()
	default:
		f.Src, f.Dst = t.Internal(), t.Internal()
	}
	return f
}

// Batch returns the next n flows, all at one time.
func (t *Traffic) Batch(n int, at int64) []flow.Flow {
	flows := make([]flow.Flow, n)
	for i := range flows {
		flows[i] = t.Flow(at)
	}
	return flows
}

// UniqueFlow returns a flow that differs in all keys from the flows of other numbers.
func UniqueFlow(n uint32, at int64) flow.Flow {
	var src, dst [4]byte
	binary.BigEndian.PutUint32(src[:], 0x0a000000|n*2654435761>>8)
	binary.BigEndian.PutUint32(dst[:], 0x0a000000|n*2246822519>>8)
	return flow.Flow{
		Time: at, Src: netip.AddrFrom4(src), Dst: netip.AddrFrom4(dst),
		SrcPort: 40000, DstPort: uint16(n), Protocol: 17, Action: flow.Accept, Packets: 1, Bytes: uint64(n%1500 + 40),
		Interface: fmt.Sprintf("eni-%d", n), Account: strconv.FormatUint(uint64(n), 10),
	}
}

// Line formats the flow as a line of the default format.
func Line(f *flow.Flow) string {
	return fmt.Sprintf("2 %s %s %s %s %d %d %d %d %d %d %d %s OK\n", f.Account, f.Interface, f.Src, f.Dst, f.SrcPort, f.DstPort,
		f.Protocol, f.Packets, f.Bytes, f.Time, f.Time+60, f.Action)
}
