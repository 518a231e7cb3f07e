// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"flag"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// flooder is the source of the flood of destinations, a host of the shop.
var flooder = netip.MustParseAddr("10.20.2.250")

// floods are attacks on the memory of the rules: each flow has a new key.
var floods = []struct {
	name string
	// bound is the largest number of bytes by which the heap may grow.
	bound int64
	flow  func(n int, account string) flow.Flow
	// full lists the rules whose tables the flood fills.
	full []string
	// own lists the rules that alert about the flood itself.
	own []string
}{
	{
		name:  "spoofed sources",
		bound: 200 << 20,
		flow: func(n int, account string) flow.Flow {
			return flow.Flow{
				Src: netip.AddrFrom4([4]byte{20, byte(n >> 16), byte(n >> 8), byte(n)}), Dst: netip.MustParseAddr("10.20.1.5"),
				SrcPort: 40000, DstPort: 22, Protocol: tcp, Flags: syn, Action: flow.Reject, Direction: flow.Ingress,
				Packets: 1, Bytes: 60, Account: account,
			}
		},
		full: []string{"external_port_scan", "remote_service_brute_force", "remote_service_rejects", "external_reject_sweep"},
	},
	{
		name:  "destinations",
		bound: 96 << 20,
		flow: func(n int, account string) flow.Flow {
			f := flow.Flow{
				Src: flooder, SrcPort: 40000, DstPort: 445, Protocol: tcp, Flags: syn, Action: flow.Reject, Direction: flow.Egress,
				Packets: 1, Bytes: 60, Account: account,
			}
			f.Dst = netip.AddrFrom4([4]byte{10, 128 + byte(n>>17), byte(n >> 9), byte(n >> 1)})
			if n%2 == 0 { // in a country that is known from each day
				f.Dst, f.Action = netip.AddrFrom4([4]byte{73, byte(n >> 17), byte(n >> 9), byte(n >> 1)}), flow.Accept
			}
			return f
		},
		full: []string{"internal_port_scan", "large_outbound_transfer"},
		own:  []string{"rejected_internal_scan", "internal_reject_sweep", "outbound_scan"},
	},
}

// whole selects the long floods, which take a minute: go test ./internal/detect -run InAFlood -v -args -flood.
var whole = flag.Bool("flood", false, "use floods of ten million flows instead of half a million")

// TestAttacksAreFoundInAFlood runs the rules on the logs of flowgen and adds a flood around each attack. With -flood, the
// flood has ten million flows. Without it, a denser and shorter flood covers only the first attacks. Each attack must cause
// exactly its alerts, and memory must stay within its bound.
func TestAttacksAreFoundInAFlood(t *testing.T) {
	flows, pace, evicted := 500_000, 40_000_000.0, int64(0)
	if *whole {
		flows, pace, evicted = 10_000_000, 10_000_000.0, int64(500_000)
	}
	for _, f := range floods {
		t.Run(fmt.Sprintf("of %d %s", flows, f.name), func(t *testing.T) {
			days := newDays(t)
			before := heapInUse()
			w := days.watch(t)
			peak, sent := int64(0), 0
			var own []string
			days.play(pace, func(n int, at int64, account string) {
				if n >= flows {
					return
				}
				flood := f.flow(n, account)
				flood.Time = at
				w.feed(flood)
				if sent++; sent%(flows/4) == 0 {
					peak = max(peak, heapInUse()-before)
				}
			}, w.feed)
			w.alerts = slices.DeleteFunc(w.alerts, func(a *alert.Alert) bool {
				if a.Source == flooder && !slices.Contains(own, a.Rule) {
					own = append(own, a.Rule)
				}
				return a.Source == flooder
			})
			assert.InDelta(t, flows, sent, 1)
			days.compare(t, w.alerts)
			assert.ElementsMatch(t, f.own, own)
			t.Logf("the heap grew to %d MiB", peak>>20)
			assert.LessOrEqual(t, peak, f.bound)
			for _, rule := range f.full {
				assert.LessOrEqual(t, w.stat(rule).Tracked, defaultMaxKeys, rule)
				assert.GreaterOrEqual(t, w.stat(rule).Evicted, evicted, rule)
			}
		})
	}
}

// days has the flows of flowgen's accounts, one account after the other, and the labels of the attacks.
type days struct {
	accounts []string
	flows    []flow.Flow
	attacks  []flowgen.Label
}

func newDays(t *testing.T) *days {
	d := &days{}
	o := flowgen.DefaultOptions()
	for _, version := range flowgen.Versions() {
		log, err := flowgen.NewLog(version, o)
		require.NoError(t, err)
		format, err := flow.ParseFormat(log.Header())
		require.NoError(t, err)
		for r := range log.Records() {
			var f flow.Flow
			require.NoError(t, format.Flow(string(log.AppendLine(nil, r)), &f))
			d.flows = append(d.flows, f)
		}
		d.accounts = append(d.accounts, log.Account)
	}
	labels, err := flowgen.LabelsOf(o, flowgen.Versions()...)
	require.NoError(t, err)
	d.attacks = labels.Attacks
	return d
}

// watch returns an engine with the default configuration.
func (d *days) watch(t *testing.T) *recordingEngine {
	cfg := DefaultConfig()
	for id, set := range cfg.Rules {
		set.Enabled = true
		cfg.Rules[id] = set
	}
	cfg.EmitResolved = false // the labels name no ends of episodes
	e, err := New(cfg, demoThreats(t), network.BuiltIn())
	require.NoError(t, err)
	return &recordingEngine{Engine: e}
}

// demoThreats returns the threat list that flowgen's attacks need.
func demoThreats(tb testing.TB) *threatlist.Table {
	tb.Helper()
	listed, _, err := threatlist.ParsePlain(strings.NewReader(flowgen.Threats), "demo")
	require.NoError(tb, err)
	return threatlist.NewTable([]threatlist.List{{Name: "demo", Prefixes: listed}})
}

// play calls feed with each flow. Before it, play calls flood for the flows that are due. The n flows of a flood are spread
// evenly over the attacks, each from a minute before it to a minute after it.
func (d *days) play(n float64, flood func(n int, at int64, account string), feed func(flow.Flow)) {
	const around = 60
	var seconds float64
	for _, account := range d.accounts {
		seconds += d.attacked(account, 0, math.MaxInt64, around)
	}
	sent, owed, now, account := 0, 0.5, int64(0), ""
	for _, f := range d.flows {
		if f.Account != account {
			account, now = f.Account, f.Time
		}
		for ; now < f.Time; now++ {
			for owed += n / seconds * d.attacked(account, now, now+1, around); owed >= 1; owed-- {
				flood(sent, now, account)
				sent++
			}
		}
		feed(f)
	}
}

// attacked returns the number of seconds between from and to in which an attack on the account lasts. Each attack is
// extended by around seconds on both sides.
func (d *days) attacked(account string, from, to, around int64) (seconds float64) {
	reached := from
	for _, a := range d.attacks { // by time
		begin, end := max(a.Start.Unix()-around, reached), min(a.End.Unix()+around, to)
		if a.Account == account && begin < end {
			seconds += float64(end - begin)
			reached = end
		}
	}
	return seconds
}

// compare checks that the alerts are those in the labels of the attacks.
func (d *days) compare(t *testing.T, alerts []*alert.Alert) {
	want := map[string]int{}
	for _, attack := range d.attacks {
		for _, l := range attack.Alerts {
			key := fmt.Sprintln(attack.Account, l.Rule, l.Source, l.Destination, l.Country)
			want[key+string(alert.Opened)] += l.Opened
			if l.Updated > 0 {
				want[key+string(alert.Updated)] += l.Updated
			}
		}
	}
	got := map[string]int{}
	for _, a := range alerts {
		key := fmt.Sprintln(a.Account, a.Rule, a.Source, a.Destination, a.DestinationCountry)
		for _, attack := range d.attacks { // use only the fields that the label has
			for _, l := range attack.Alerts {
				named := func(label, have string) bool { return label == "" || label == have }
				if l.Rule == a.Rule && attack.Account == a.Account && named(l.Source, a.Source.String()) &&
					named(l.Destination, a.Destination.String()) && named(l.Country, a.DestinationCountry) {
					key = fmt.Sprintln(attack.Account, l.Rule, l.Source, l.Destination, l.Country)
				}
			}
		}
		got[key+string(a.Status)]++
	}
	assert.Equal(t, want, got)
}
