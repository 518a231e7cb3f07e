// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"maps"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// between is a TCP request at t0+at.
func between(at int64, src, dst string, port uint16) flow.Flow {
	return flow.Flow{
		Time: t0 + at, Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst), SrcPort: 50000, DstPort: port,
		Protocol: tcp, Flags: syn, Action: flow.Accept, Packets: 1, Bytes: 60, Account: "123456789012",
	}
}

func reject(f flow.Flow) flow.Flow {
	f.Action = flow.Reject
	return f
}

// loggedBy returns the flow as the interface of its source or its destination logs it. The interface of 10.0.0.5 is
// eni-10.0.0.5, and so on.
func loggedBy(f flow.Flow, direction flow.Direction) flow.Flow {
	own := f.Dst.String()
	if direction == flow.Egress {
		own = f.Src.String()
	}
	f.Direction = direction
	f.Interface, f.Instance, f.VPC, f.Subnet = "eni-"+own, "i-"+own, "vpc-1", "subnet-1"
	return f
}

// bothSides returns the flows as all interfaces log them. The source's interface accepts what the destination's rejects.
func bothSides(flows ...flow.Flow) (logged []flow.Flow) {
	internal := network.NewRanges(network.DefaultInternal)
	for _, f := range flows {
		if internal.Contains(f.Src) {
			accepted := f
			accepted.Action = flow.Accept
			logged = append(logged, loggedBy(accepted, flow.Egress))
		}
		if internal.Contains(f.Dst) {
			logged = append(logged, loggedBy(f, flow.Ingress))
		}
	}
	return logged
}

// repeat makes n flows, one a second.
func repeat(n int, flowAt func(i int64) flow.Flow) (flows []flow.Flow) {
	for i := range int64(n) {
		flows = append(flows, flowAt(i))
	}
	return flows
}

// TestAlertsNameTheMachinesOfBothSides has one alert of each rule. The wanted addresses are those of the machines, read from
// the flows by hand.
func TestAlertsNameTheMachinesOfBothSides(t *testing.T) {
	const (
		scanner, attacker, listed = "203.0.113.7", "203.0.113.8", "198.51.100.1"
		a, b                      = "10.0.0.5", "10.0.1.10"
	)
	host := func(i int64) string { return fmt.Sprintf("10.0.4.%d", i+1) }
	icmpTo := func(dst string) flow.Flow {
		f := between(0, attacker, dst, 0)
		f.Protocol, f.Flags, f.SrcPort, f.Packets = icmp, 0, 0, 600
		return f
	}
	large := between(0, a, listed, 443)
	large.Bytes = 20_000_001
	for _, c := range []struct {
		rule  string
		flows []flow.Flow
		// source, destination and subject are the addresses of the machines that the alert names.
		source, destination, subject string
	}{
		{"rejected_internal_scan", repeat(25, func(i int64) flow.Flow { return reject(between(i, a, b, uint16(i+1))) }), a, b, a},
		{"external_port_scan", repeat(20, func(i int64) flow.Flow { return between(i, scanner, b, uint16(i+1)) }), "", b, b},
		{"internal_port_scan", repeat(25, func(i int64) flow.Flow { return between(i, a, b, uint16(i+1)) }), a, b, a},
		{"remote_service_brute_force", append(repeat(5, func(i int64) flow.Flow { return reject(between(i, a, host(i), 22)) }), between(9, a, b, 22)), a, b, b},
		{"malicious_remote_access", []flow.Flow{between(0, listed, b, 22)}, "", b, b},
		{"dns_not_over_udp", []flow.Flow{between(0, a, b, 443), between(1, a, b, 53)}, a, b, a},
		{"new_internal_peer", []flow.Flow{between(0, a, b, 5432)}, a, b, a},
		{"excessive_inbound_icmp", []flow.Flow{icmpTo(a), icmpTo(b)}, "", "", ""},
		{"remote_service_rejects", repeat(10, func(i int64) flow.Flow {
			f := reject(between(i, a, b, 22))
			f.SrcPort += uint16(i)
			return f
		}), a, b, b},
		{"suspicious_destination", []flow.Flow{between(0, a, listed, 443)}, a, "", a},
		{"unusual_country", []flow.Flow{between(0, a, "8.8.8.8", 443)}, a, "", a},
		{"large_outbound_transfer", []flow.Flow{large}, a, "", a},
		{"external_reject_sweep", repeat(10, func(i int64) flow.Flow { return reject(between(i, scanner, host(i), 443)) }), "", "", ""},
		{"internal_reject_sweep", repeat(10, func(i int64) flow.Flow { return reject(between(i, a, host(i), 443)) }), a, "", a},
	} {
		t.Run(c.rule, func(t *testing.T) {
			cfg := DefaultConfig()
			set := cfg.Rules[c.rule]
			set.LearningPeriod, set.GroupBy = 0, BySourceDestination
			cfg.Rules[c.rule] = set
			list := threatlist.List{Name: "list", Prefixes: []netip.Prefix{netip.MustParsePrefix(listed + "/32")}}
			engine, err := New(cfg, threatlist.NewTable([]threatlist.List{list}), network.BuiltIn())
			require.NoError(t, err)
			w := &recordingEngine{Engine: engine}
			for _, f := range bothSides(c.flows...) {
				w.feed(f)
			}
			var got *alert.Alert
			for _, each := range w.alerts {
				if each.Rule == c.rule {
					require.Nil(t, got, "the rule alerts once")
					got = each
				}
			}
			require.NotNil(t, got)
			assert.Equal(t, machineOf(c.source), got.SourceMachine, "source")
			assert.Equal(t, machineOf(c.destination), got.DestinationMachine, "destination")
			subject := machineOf(c.subject)
			assert.Equal(t, []string{subject.Interface, subject.Instance, subject.VPC}, []string{got.Interface, got.Instance, got.VPC}, "subject")
		})
	}
}

// machineOf is the machine of an address by loggedBy.
func machineOf(address string) alert.Machine {
	if address == "" {
		return alert.Machine{}
	}
	return alert.Machine{Interface: "eni-" + address, Instance: "i-" + address, VPC: "vpc-1", Subnet: "subnet-1"}
}

// movedTo returns a DNS flow of 10.0.0.5 at t0+at that another instance logs.
func movedTo(instance string, at int64) flow.Flow {
	f := dnsOverTCP(t0 + at)
	f.Direction, f.Interface, f.Instance = flow.Egress, "eni-of-"+instance, instance
	f.Dst = netip.AddrFrom4([4]byte{9, 9, byte(at >> 8), byte(at)}) // every flow alerts
	return f
}

func TestAnAddressThatMovedBelongsToTheInstanceOfItsTime(t *testing.T) {
	for name, order := range map[string][]flow.Flow{
		"in the order of time": {movedTo("i-old", 0), movedTo("i-old", 100), movedTo("i-new", 1000), movedTo("i-new", 1100)},
		"the newest first":     {movedTo("i-new", 1000), movedTo("i-new", 1100), movedTo("i-old", 0), movedTo("i-old", 100)},
		"mixed":                {movedTo("i-old", 0), movedTo("i-new", 1000), movedTo("i-old", 100), movedTo("i-new", 1100)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRecordingEngine(t, nil)
			want := map[int64]string{t0: "i-old", t0 + 100: "i-old", t0 + 1000: "i-new", t0 + 1100: "i-new"}
			check := func() {
				got := map[int64]string{}
				for _, a := range w.alerts {
					got[a.Time] = a.SourceMachine.Instance
				}
				require.Equal(t, want, got)
			}
			for _, f := range order {
				w.feed(f)
			}
			check()
			w.alerts = nil
			for _, f := range order { // replayed, with other destinations
				f.Dst = f.Dst.Next().Next().Next()
				w.feed(f)
			}
			check()
		})
	}
}

func TestMachinesWithoutDirection(t *testing.T) {
	v2 := func(f flow.Flow, by string) flow.Flow {
		f.Interface = "eni-" + by
		return f
	}
	const a, b, c = "10.0.0.5", "10.0.1.10", "10.0.1.11"
	w := newRecordingEngine(t, nil)
	owner := func(address string) string {
		o, _ := w.hosts.at(1, netip.MustParseAddr(address), t0+1000)
		return o.Interface
	}
	w.feed(v2(between(0, a, b, 443), a))
	assert.Empty(t, owner(a), "either address may be that of the interface")
	assert.Empty(t, owner(b))
	w.feed(v2(between(1, c, a, 443), a))
	assert.Equal(t, "eni-"+a, owner(a), "only one address is in both records")
	w.feed(v2(between(2, "203.0.113.7", b, 443), b))
	assert.Equal(t, "eni-"+b, owner(b), "an external address is not that of the interface")
	assert.Empty(t, owner(c))
	w.feed(v2(between(3, c, "203.0.113.7", 443), b))
	assert.Equal(t, "eni-"+b, owner(c), "a second address of the interface")
	direct := loggedBy(between(4, "203.0.113.7", c, 443), flow.Ingress)
	w.feed(direct)
	assert.Equal(t, "eni-"+c, owner(c), "a record with a direction replaces what was inferred")
}

func TestPodsBelongToTheInterfaceOfTheirNode(t *testing.T) {
	w := newRecordingEngine(t, nil)
	f := loggedBy(between(0, "203.0.113.7", "10.0.0.5", 443), flow.Ingress)
	f.Local, f.LocalIsDst, f.Dst = f.Dst, true, netip.MustParseAddr("10.0.7.7") // the packet goes to a pod
	f.Instance = "i-1"
	w.feed(f)
	pod, known := w.hosts.at(1, netip.MustParseAddr("10.0.7.7"), t0)
	require.True(t, known)
	assert.Equal(t, "eni-10.0.0.5", pod.Interface)
	f.Local, f.Dst, f.Interface, f.Direction = netip.Addr{}, netip.MustParseAddr("10.0.7.7"), "eni-own", flow.Ingress
	w.feed(f)
	pod, _ = w.hosts.at(1, netip.MustParseAddr("10.0.7.7"), t0)
	assert.Equal(t, "eni-own", pod.Interface, "a direct record replaces a weaker one")
}

func TestResolvedAndUpdatedAlertsNameTheMachines(t *testing.T) {
	w := newRecordingEngine(t, func(cfg *Config) { cfg.EmitResolved = true })
	for i := range int64(10) {
		w.feed(loggedBy(dnsOverTCP(t0+i), flow.Egress))
	}
	w.feed(elsewhere(t0 + 200_000))
	want := machineOf("10.0.0.5")
	var statuses []alert.Status
	for _, a := range w.alerts {
		statuses = append(statuses, a.Status)
		assert.Equal(t, want, a.SourceMachine)
		assert.Equal(t, want.Interface, a.Interface)
	}
	assert.Equal(t, []alert.Status{alert.Opened, alert.Updated, alert.Resolved}, statuses)
}

func TestNamesOfMachines(t *testing.T) {
	w := newRecordingEngine(t, nil)
	entries, _, err := inventory.ParseNames([]byte("address,account,name,owner\n10.0.0.5,123456789012,web-1,shop team\n10.0.0.0/8,999999999999,other,\n"), "n.csv")
	require.NoError(t, err)
	w.SetNames(inventory.NewNames(entries))
	w.feed(dnsOverTCP(t0)) // the inventory does not know the source, but the scope is its account
	require.Len(t, w.alerts, 1)
	assert.Equal(t, alert.Machine{Name: "web-1", Owner: "shop team"}, w.alerts[0].SourceMachine)
	assert.Zero(t, w.alerts[0].DestinationMachine)
}

func TestInventoryIsBounded(t *testing.T) {
	w := newRecordingEngine(t, func(cfg *Config) { cfg.MaxHosts = 3 })
	seen := func(i byte, at int64) {
		f := loggedBy(between(at, "203.0.113.7", netip.AddrFrom4([4]byte{10, 0, 0, i}).String(), 443), flow.Ingress)
		w.feed(f)
	}
	known := func(i byte) bool {
		_, ok := w.hosts.at(1, netip.AddrFrom4([4]byte{10, 0, 0, i}), t0+1000)
		return ok
	}
	seen(1, 0)
	seen(2, 1)
	seen(3, 2)
	assert.Equal(t, 3, w.Stats().Hosts)
	assert.Zero(t, w.Stats().EvictedHosts)
	seen(1, 2+inventory.Resolution)
	seen(4, 3+inventory.Resolution)
	assert.Equal(t, 3, w.Stats().Hosts)
	assert.EqualValues(t, 1, w.Stats().EvictedHosts)
	assert.Equal(t, []bool{true, false, true, true}, []bool{known(1), known(2), known(3), known(4)}, "the least recently seen is evicted")

	cfg := DefaultConfig()
	cfg.MaxHosts = 0
	_, err := New(cfg, nil, nil)
	require.ErrorContains(t, err, "max_hosts: 0 is less than 1")
}

func TestInterfacesOfTheInventoryAreBounded(t *testing.T) {
	w := newRecordingEngine(t, func(cfg *Config) { cfg.MaxHosts = 3 })
	for i := range byte(5) {
		f := between(int64(i), "203.0.113.7", "10.0.0.1", 443) // without a direction
		f.Interface = fmt.Sprintf("eni-%d", i)
		w.feed(f)
		assert.Equal(t, max(0, int64(i)-2), w.Stats().EvictedInterfaces)
	}
	assert.Zero(t, w.Stats().EvictedHosts)
}

func TestInventorySurvivesARestart(t *testing.T) {
	stored := map[string][]byte{}
	write := func(changes []Change) error {
		for _, c := range changes {
			stored[c.Key] = c.Value
		}
		maps.DeleteFunc(stored, func(_ string, value []byte) bool { return value == nil })
		return nil
	}
	restart := func() *recordingEngine {
		w := newRecordingEngine(t, nil)
		require.NoError(t, w.Load(func(key string) ([]byte, error) { return stored[key], nil }))
		return w
	}
	w := restart()
	w.feed(movedTo("i-old", 0))
	w.feed(movedTo("i-new", 1000))
	v2 := between(1001, "10.0.0.8", "10.0.0.9", 443)
	v2.Interface = "eni-8"
	w.feed(v2)
	require.NoError(t, w.Save(write))
	lost := movedTo("i-lost", 1002)
	w.feed(lost) // killed before the next save

	w = restart()
	address := netip.MustParseAddr("10.0.0.5")
	for at, want := range map[int64]string{0: "i-old", 999: "i-old", 1000: "i-new", 5000: "i-new"} {
		owner, known := w.hosts.at(1, address, t0+at)
		require.True(t, known)
		assert.Equal(t, want, owner.Instance)
	}
	v2.Time, v2.Dst = t0+1003, netip.MustParseAddr("10.0.0.10")
	w.feed(v2)
	owner, known := w.hosts.at(1, netip.MustParseAddr("10.0.0.8"), t0+1003)
	require.True(t, known, "the candidates of the interface are saved, too")
	assert.Equal(t, "eni-8", owner.Interface)
}

func TestLearningAKnownHostDoesNotAllocate(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for name, f := range map[string]flow.Flow{
		"with a direction":    loggedBy(between(0, "203.0.113.7", "10.0.0.5", 443), flow.Ingress),
		"without a direction": func() flow.Flow { f := between(0, "203.0.113.7", "10.0.0.6", 443); f.Interface = "eni-6"; return f }(),
	} {
		w.feed(f)
		var ev Event
		require.Equal(t, Evaluate, w.Classify(&f, t0+1e9, &ev))
		ev.scope = w.scopes.get("123456789012")
		assert.Zero(t, testing.AllocsPerRun(100, func() { w.hosts.learn(&ev) }), name)
	}
}

func BenchmarkInventory(b *testing.B) {
	for name, direction := range map[string]flow.Direction{"direction": flow.Ingress, "no_direction": flow.DirectionUnknown} {
		b.Run(name, func(b *testing.B) {
			e, err := New(DefaultConfig(), nil, nil)
			require.NoError(b, err)
			events := make([]Event, 10_000)
			for i := range events {
				f := between(0, "203.0.113.7", netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String(), 443)
				f = loggedBy(f, flow.Ingress)
				f.Direction = direction
				e.Classify(&f, t0+1e9, &events[i])
				events[i].scope = e.scopes.get("123456789012")
				e.hosts.learn(&events[i])
			}
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				e.hosts.learn(&events[i])
				if i++; i == len(events) {
					i = 0
				}
			}
		})
	}
}
