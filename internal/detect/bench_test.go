// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// corpus returns the evaluated flows of a day with mixed traffic.
func corpus(b *testing.B, e *Engine) []Event {
	b.Helper()
	var events []Event
	lines, err := flowgen.Corpus(2, 1, 200_000)
	require.NoError(b, err)
	for line := range lines {
		var f flow.Flow
		var ev Event
		require.NoError(b, flow.Default.Flow(line, &f))
		if e.Classify(&f, f.Time, &ev) == Evaluate {
			events = append(events, ev)
		}
	}
	return events
}

// BenchmarkEngine measures rules on the corpus, which it repeats at later times: all rules, without and with a threshold
// profile, then the first fourteen, and then each rule alone.
func BenchmarkEngine(b *testing.B) {
	run := func(b *testing.B, enabled func(*Rule) bool, profile bool) {
		b.Helper()
		cfg := rulesOnly(enabled)
		cfg.Profile = profile
		e, err := New(cfg, demoThreats(b), network.BuiltIn())
		require.NoError(b, err)
		events := corpus(b, e)
		alerts, at := 0, 0
		count := func(*alert.Alert) { alerts++ }
		span := events[len(events)-1].Time - events[0].Time + 1
		next := func() { // in place, because copying an event takes as long as several rules
			if at == len(events) {
				at = 0
			}
			ev := &events[at]
			e.Observe(ev, count)
			ev.Time += span
			at++
		}
		for range events { // the first day fills the tables
			next()
		}
		b.ReportAllocs()
		for b.Loop() {
			next()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "flows/s")
	}
	all := func(*Rule) bool { return true }
	b.Run("all", func(b *testing.B) { run(b, all, false) })
	b.Run("all_profiled", func(b *testing.B) { run(b, all, true) })
	b.Run("fourteen", func(b *testing.B) { run(b, isSeed, false) })
	for _, rule := range Rules {
		b.Run(rule.ID, func(b *testing.B) { run(b, func(r *Rule) bool { return r == rule }, false) })
	}
}

func isSeed(r *Rule) bool { return r.Ruleset == Seed }

// rulesOnly returns the default configuration with these rules only.
func rulesOnly(enabled func(*Rule) bool) Config {
	cfg := DefaultConfig()
	for _, rule := range Rules {
		set := cfg.Rules[rule.ID]
		set.Enabled = enabled(rule)
		cfg.Rules[rule.ID] = set
	}
	return cfg
}

// BenchmarkSpread measures Classify and ObserveAll with all rules on Internet traffic: 900,000 external addresses and 1,000
// internal ones, in both directions, with requests, replies and DNS over UDP. The flows come in batches, as from a log.
func BenchmarkSpread(b *testing.B) {
	run := func(b *testing.B, cfg Config, keys int, known bool, fill func(*flow.Flow, int)) {
		b.Helper()
		if keys > 0 {
			for id, set := range cfg.Rules {
				set.MaxKeys = keys
				cfg.Rules[id] = set
			}
		}
		e, err := New(cfg, demoThreats(b), network.BuiltIn())
		require.NoError(b, err)
		batch := make([]flow.Flow, 1000)
		events, list := make([]Event, len(batch)), make([]*Event, 0, len(batch))
		at, alerts := 0, 0
		count := func(*alert.Alert) { alerts++ }
		next := func() {
			for i := range batch {
				batch[i] = spreadFlow(at, !known)
				fill(&batch[i], at)
				at++
			}
		}
		observe := func() {
			list = list[:0]
			for i := range batch {
				if e.Classify(&batch[i], batch[i].Time, &events[i]) == Evaluate {
					list = append(list, &events[i])
				}
			}
			e.ObserveAll(list, count)
		}
		for range spreadFlows / len(batch) {
			next()
			observe()
		}
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			next()
			b.StartTimer()
			observe()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch)), "ns/flow")
	}
	v2 := func(*flow.Flow, int) {}
	b.Run("known", func(b *testing.B) { run(b, DefaultConfig(), 2*spreadFlows, true, v2) })
	b.Run("known_fourteen", func(b *testing.B) { run(b, rulesOnly(isSeed), 2*spreadFlows, true, v2) })
	b.Run("known_v5", func(b *testing.B) { run(b, DefaultConfig(), 2*spreadFlows, true, addVersion5) })
	b.Run("known_v5_fourteen", func(b *testing.B) { run(b, rulesOnly(isSeed), 2*spreadFlows, true, addVersion5) })
	b.Run("new", func(b *testing.B) { run(b, DefaultConfig(), 100*spreadFlows, false, v2) })
	b.Run("new_fourteen", func(b *testing.B) { run(b, rulesOnly(isSeed), 100*spreadFlows, false, v2) })
	b.Run("new_with_default_limits", func(b *testing.B) { run(b, DefaultConfig(), 0, false, v2) })
}

const (
	spreadFlows    = 1_000_000
	spreadExternal = 900_000
)

// spreadInterfaces are the interfaces of the internal addresses.
var spreadInterfaces = func() (ids [1000]string) {
	for i := range ids {
		ids[i] = fmt.Sprintf("eni-0a1b2c3d4e5f%05x", i)
	}
	return ids
}()

// spreadFlow returns the n-th flow. 20,000 flows start in a second. After all external addresses come either the same flows
// again, within the allowed lateness, or flows from fresh addresses.
func spreadFlow(n int, fresh bool) flow.Flow {
	pass, at := 0, n%spreadExternal
	if fresh {
		pass = n / spreadExternal
	}
	host := at * 7919 % len(spreadInterfaces)
	var external [4]byte
	binary.BigEndian.PutUint32(external[:], 20<<24+uint32(at*611_953%spreadExternal)*1300+uint32(pass))
	in, out := netip.AddrFrom4([4]byte{10, 0, byte(host >> 8), byte(host)}), netip.AddrFrom4(external)
	f := flow.Flow{
		Time: t0 + int64((at+pass*spreadExternal)/20_000), Src: out, Dst: in, SrcPort: uint16(32768 + at%28000), DstPort: 443, Protocol: tcp,
		Action: flow.Accept, Packets: 9, Bytes: 4000, Account: "123456789012", Interface: spreadInterfaces[host],
	}
	switch at % 8 {
	case 0: // a request from the Internet
	case 1: // a request to a closed port
		f.DstPort, f.Action, f.Packets, f.Bytes = uint16(1+at*31%50000), flow.Reject, 1, 40
	case 2, 3: // a reply to the Internet
		f.Src, f.Dst, f.SrcPort, f.DstPort = f.Dst, f.Src, f.DstPort, f.SrcPort
	case 4: // a request to the Internet
		f.Src, f.Dst = f.Dst, f.Src
	case 5: // its reply
		f.SrcPort, f.DstPort = f.DstPort, f.SrcPort
	case 6: // a DNS request
		f.Src, f.Dst, f.Protocol, f.DstPort, f.Packets, f.Bytes = f.Dst, f.Src, udp, 53, 1, 70
	case 7: // its reply
		f.SrcPort, f.DstPort, f.Protocol, f.Packets, f.Bytes = 53, f.SrcPort, udp, 1, 200
	}
	return f
}

// addVersion5 adds the fields of version 5 that detection uses.
func addVersion5(f *flow.Flow, n int) {
	f.Direction = flow.Ingress
	if n%spreadExternal%8 == 2 || n%spreadExternal%8 == 3 || n%spreadExternal%8 == 4 || n%spreadExternal%8 == 6 {
		f.Direction = flow.Egress
	}
	f.VPC, f.Subnet, f.Instance = "vpc-0123456789abcdef0", "subnet-0123456789abcdef0", f.Interface[4:]
	f.Zone, f.Region = "use1-az2", "us-east-1"
	if f.Protocol == tcp {
		f.Flags = 3
		if n%spreadExternal%8 == 2 || n%spreadExternal%8 == 3 || n%spreadExternal%8 == 5 {
			f.Flags = 19
		}
	}
}
