// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// t0 is 2025-01-15 00:00:00 UTC.
const t0 = 1736899200

// recordingEngine is an engine that records its alerts.
type recordingEngine struct {
	*Engine
	alerts []*alert.Alert
}

func newRecordingEngine(t *testing.T, change func(*Config)) *recordingEngine {
	t.Helper()
	cfg := DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	engine, err := New(cfg, nil, nil)
	require.NoError(t, err)
	return &recordingEngine{Engine: engine}
}

func (w *recordingEngine) feed(f flow.Flow) {
	var ev Event
	if w.Classify(&f, t0+1e9, &ev) == Evaluate {
		w.Observe(&ev, func(a *alert.Alert) { w.alerts = append(w.alerts, a) })
	}
}

// statuses returns the statuses of the alerts of a rule since the last call.
func (w *recordingEngine) statuses(rule string) (list []alert.Status) {
	for _, a := range w.alerts {
		if a.Rule == rule {
			list = append(list, a.Status)
		}
	}
	w.alerts = nil
	return list
}

// dnsOverTCP is a flow that makes dns_not_over_udp fire.
func dnsOverTCP(t int64) flow.Flow {
	return flow.Flow{
		Time: t, Src: netip.MustParseAddr("10.0.0.5"), Dst: netip.MustParseAddr("8.8.8.8"), SrcPort: 50000, DstPort: 53,
		Protocol: tcp, Action: flow.Accept, Packets: 1, Bytes: 60, Account: "123456789012",
	}
}

// elsewhere is a flow that only moves the watermark.
func elsewhere(t int64) flow.Flow {
	f := dnsOverTCP(t)
	f.DstPort = 443
	return f
}

func TestEpisode(t *testing.T) {
	const rule, quiet = "dns_not_over_udp", 86400
	opened, updated, resolved := alert.Opened, alert.Updated, alert.Resolved
	for _, c := range []struct {
		name string
		at   []int64 // seconds after t0; negative ones only move the watermark
		want []alert.Status
	}{
		{"a flow at the end of the quiet period belongs to the episode", []int64{0, quiet - 1}, []alert.Status{opened}},
		{"a flow a second after the quiet period opens a new episode", []int64{0, quiet + 1}, []alert.Status{opened, opened}},
		{"the ninth flow causes no alert", []int64{0, 1, 2, 3, 4, 5, 6, 7, 8}, []alert.Status{opened}},
		{"the tenth flow causes an update", []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []alert.Status{opened, updated}},
		{"an episode that lasts for the repeat interval is reported again", []int64{0, 40_000, quiet}, []alert.Status{opened, updated}},
		{"a second less is not", []int64{0, 40_000, quiet - 1}, []alert.Status{opened}},
		{"a late flow within the quiet period belongs to the episode", []int64{200_000, 100}, []alert.Status{opened}},
		{"an episode is not resolved at the due watermark", []int64{0, -(quiet + 1800)}, []alert.Status{opened}},
		{"an episode is resolved a second later", []int64{0, -(quiet + 1801)}, []alert.Status{opened, resolved}},
		{"a later flow extends the episode", []int64{0, 1000, -(quiet + 2800)}, []alert.Status{opened}},
		{
			"an episode is resolved even if a newer one has followed",
			[]int64{0, quiet + 1, -(quiet + 1801)},
			[]alert.Status{opened, opened, resolved},
		},
		{
			"each of two episodes is resolved once",
			[]int64{0, quiet + 1, -(2*quiet + 1802), -(3 * quiet)},
			[]alert.Status{opened, opened, resolved, resolved},
		},
		{
			"a very late flow of a resolved episode does not resolve it again",
			[]int64{0, -(quiet + 1801), 10, -(3 * quiet)},
			[]alert.Status{opened, resolved},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRecordingEngine(t, func(cfg *Config) { cfg.EmitResolved = true })
			for _, at := range c.at {
				if at < 0 {
					w.feed(elsewhere(t0 - at))
				} else {
					w.feed(dnsOverTCP(t0 + at))
				}
			}
			require.Equal(t, c.want, w.statuses(rule))
		})
	}

	t.Run("an evicted episode is not resolved", func(t *testing.T) {
		w := newRecordingEngine(t, func(cfg *Config) {
			cfg.EmitResolved = true
			set := cfg.Rules[rule]
			set.MaxKeys = 1
			cfg.Rules[rule] = set
		})
		w.feed(dnsOverTCP(t0))
		other := dnsOverTCP(t0 + 1)
		other.Src = netip.MustParseAddr("10.0.0.6")
		w.feed(other)
		w.feed(elsewhere(t0 + 3*quiet))
		require.Equal(t, []alert.Status{opened, opened, resolved}, w.statuses(rule))
		require.EqualValues(t, 1, w.stat(rule).Evicted)
	})

	t.Run("all alerts of an episode have one uid, and the next episode has another", func(t *testing.T) {
		w := newRecordingEngine(t, func(cfg *Config) { cfg.EmitResolved = true })
		for _, at := range []int64{0, 80_000, 90_000, 300_000, 600_000} {
			w.feed(dnsOverTCP(t0 + at))
		}
		require.Len(t, w.alerts, 6)
		require.Equal(t, w.alerts[0].UID, w.alerts[1].UID)
		require.Equal(t, w.alerts[0].UID, w.alerts[2].UID)
		require.Equal(t, resolved, w.alerts[2].Status)
		require.EqualValues(t, t0+90_000, w.alerts[2].Time)
		require.NotEqual(t, w.alerts[0].UID, w.alerts[3].UID)
	})
}

func (w *recordingEngine) stat(rule string) RuleStats {
	for _, s := range w.Stats().Rules {
		if s.Rule == rule {
			return s
		}
	}
	return RuleStats{}
}

func TestAMillionSpoofedSourcesStayWithinTheBound(t *testing.T) {
	w := newRecordingEngine(t, func(cfg *Config) {
		for id, set := range cfg.Rules {
			set.MaxKeys = min(set.MaxKeys, 50_000)
			cfg.Rules[id] = set
		}
	})
	probe := flow.Flow{
		Dst: netip.MustParseAddr("10.0.1.10"), SrcPort: 40000, DstPort: 22, Protocol: tcp, Flags: syn,
		Action: flow.Reject, Packets: 1, Bytes: 60, Account: "123456789012",
	}
	before := heapInUse()
	for n := range 1_000_000 {
		spoofed := probe
		spoofed.Time = t0 + int64(n/10_000)
		spoofed.Src = netip.AddrFrom4([4]byte{20, byte(n >> 16), byte(n >> 8), byte(n)})
		w.feed(spoofed)
		if n%10_000 == 0 { // a slow sweep, but fast enough that its key is not evicted
			sweep := probe
			sweep.Time, sweep.Src = spoofed.Time, netip.MustParseAddr("192.0.2.1")
			sweep.Dst = netip.AddrFrom4([4]byte{10, 0, 2, byte(n / 10_000)})
			w.feed(sweep)
		}
	}
	used := heapInUse() - before
	t.Logf("%.0f MiB for 50,000 keys in each of four rules", float64(used)/(1<<20))
	require.Less(t, used, int64(100<<20))
	for _, rule := range []string{"external_port_scan", "remote_service_brute_force", "remote_service_rejects", "external_reject_sweep"} {
		require.Equal(t, 50_000, w.stat(rule).Tracked, rule)
		require.Positive(t, w.stat(rule).Evicted, rule)
	}
	var found []string
	for _, a := range w.alerts {
		require.Equal(t, "192.0.2.1", a.Source.String())
		found = append(found, a.Rule+" "+string(a.Status))
	}
	require.Equal(t, []string{
		"remote_service_rejects opened", "external_reject_sweep opened",
		"remote_service_rejects updated", "external_reject_sweep updated", // tenfold
	}, found)
}

func TestScopesAreBounded(t *testing.T) {
	s := newScopes()
	first := s.get("first").id
	for n := range maxScopes {
		s.get(time.Duration(n).String())
	}
	require.LessOrEqual(t, len(s.byName), maxScopes)
	require.Len(t, s.byID, len(s.byName))
	require.EqualValues(t, maxScopes+1-len(s.byName), s.evicted)
	require.Positive(t, s.evicted)
	require.NotEqual(t, first, s.get("first").id, "an evicted scope that comes back is a new one")
}

func TestNamesAreCleaned(t *testing.T) {
	w := newRecordingEngine(t, nil)
	f := dnsOverTCP(t0)
	f.Account = "12\x1b[31m34\n2026-03-09 HIGH forged"
	f.Interface = "eni\u009b2J\u202e\xff"
	f.VPC = strings.Repeat("v", 60_000)
	f.Direction = flow.Egress
	w.feed(f)
	require.Len(t, w.alerts, 1)
	require.Equal(t, "12?[31m34?2026-03-09 HIGH forged", w.alerts[0].Account)
	require.Equal(t, "12?[31m34?2026-03-09 HIGH forged", w.alerts[0].Scope)
	require.Equal(t, "eni?2J??", w.alerts[0].Interface)
	require.Contains(t, w.alerts[0].Samples[0].String(), " eni?2J??")
	require.Len(t, w.alerts[0].VPC, names.MaxLength)
	require.Contains(t, w.Stats().Watermarks, "12?[31m34?2026-03-09 HIGH forged")
}
