// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// flowsOfText parses lines such as "60 10.0.0.5:40000 > 203.0.113.9:443 syn". The words after the addresses change the flow.
func flowsOfText(t *testing.T, text string) (flows []flow.Flow) {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		f := flow.Flow{
			Protocol: 6, Action: flow.Accept, Packets: 1, Bytes: 44, Account: "1", Interface: "eni-1", FlagsLogged: true,
		}
		var src, dst, word string
		_, err := fmt.Sscanf(line, "%d %s > %s %s", &f.Time, &src, &dst, &word)
		require.NoError(t, err, line)
		from, to := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
		f.Src, f.SrcPort, f.Dst, f.DstPort = from.Addr(), from.Port(), to.Addr(), to.Port()
		f.Time += midnight
		for _, word := range strings.Fields(line)[4:] {
			change(t, &f, word)
		}
		flows = append(flows, f)
	}
	return flows
}

func change(t *testing.T, f *flow.Flow, word string) {
	t.Helper()
	switch word {
	case "syn":
		f.Flags = 2
	case "answer":
		f.Flags, f.Packets, f.Bytes = 18, 5, 900
	case "synack":
		f.Flags = 18
	case "rst":
		f.Flags, f.Bytes = 4, 40
	case "data":
		f.Packets, f.Bytes = 10, 5000
	case "reject":
		f.Action = flow.Reject
	case "unlogged":
		f.Flags, f.FlagsLogged = 0, false
	case "udp":
		f.Protocol, f.Flags, f.FlagsLogged = 17, 0, false
	case "egress":
		f.Direction = flow.Egress
	case "eni-2":
		f.Interface = word
	default:
		var n uint64
		var unit string
		_, err := fmt.Sscanf(word, "%d%s", &n, &unit)
		require.NoError(t, err, word)
		switch unit {
		case "packets":
			f.Packets, f.Bytes = n, 44*n
		case "bytes":
			f.Bytes = n
		case "flags":
			f.Flags = uint8(n)
		default:
			require.Fail(t, word)
		}
	}
}

// beyondCase is a worked example of a rule of the second ruleset. The wanted alerts are listed by status, time and measure.
type beyondCase struct {
	name   string
	change func(*detect.Config, *detect.Settings)
	flows  string
	want   []string
}

// run compares the alerts of one rule by the model, and by the engine if it has the rule.
func (c *beyondCase) run(t *testing.T, rule string) {
	t.Helper()
	cfg := detect.DefaultConfig()
	cfg.AnswerGrace, cfg.MaxAttempts, cfg.EmitResolved = 5*time.Minute, 1000, false
	set := detect.Settings{Enabled: true, MaxKeys: 1000, QuietPeriod: time.Hour, Window: 10 * time.Minute, Threshold: 1}
	if c.change != nil {
		c.change(&cfg, &set)
	}
	cfg.Rules[rule] = set
	flows := flowsOfText(t, c.flows)
	var got []string
	emitted := runModel(cfg, nil, nil, flows)
	for _, a := range slices.Concat(emitted...) {
		if a.rule == rule {
			got = append(got, fmt.Sprintf("%s %d %d", a.status, a.time-midnight, a.measure))
		}
	}
	require.Equal(t, c.want, got, "the model")
	if slices.ContainsFunc(detect.Rules, func(r *detect.Rule) bool { return r.ID == rule }) {
		require.Empty(t, disagreement(cfg, runEngine(t, cfg, nil, nil, flows), emitted))
	}
}

func TestAttempts(t *testing.T) {
	const opposite = "0 203.0.113.1:443 > 10.0.0.9:50000 answer\n" // shows that replies are logged
	for _, c := range []beyondCase{
		{"an attempt is judged after the grace period", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			299 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"an attempt without an answer failed", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"an answer after 120 seconds", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			120 203.0.113.9:443 > 10.0.0.5:40000 answer
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"an answer after 121 seconds", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			121 203.0.113.9:443 > 10.0.0.5:40000 answer
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"an answer 120 seconds before", nil, opposite + `
			0 203.0.113.9:443 > 10.0.0.5:40000 answer
			120 10.0.0.5:40000 > 203.0.113.9:443 syn
			420 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"an answer 121 seconds before", nil, opposite + `
			0 203.0.113.9:443 > 10.0.0.5:40000 answer
			121 10.0.0.5:40000 > 203.0.113.9:443 syn
			421 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 121 1"}},
		{"a refusal is no answer", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			0 203.0.113.9:443 > 10.0.0.5:40000 rst
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"a reset with data is an answer", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			0 203.0.113.9:443 > 10.0.0.5:40000 rst 61bytes
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"without flags, two packets without data refuse", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 unlogged
			0 203.0.113.9:443 > 10.0.0.5:40000 unlogged 2packets 88bytes
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"without flags, three packets answer", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 unlogged
			0 203.0.113.9:443 > 10.0.0.5:40000 unlogged 3packets
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"without flags, two packets with data answer", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 unlogged
			0 203.0.113.9:443 > 10.0.0.5:40000 unlogged 2packets 89bytes
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"logged flags of zero are no attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 0flags
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"seven packets of 64 bytes are an attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn 7packets 448bytes
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"one byte more is data", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn 7packets 449bytes
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"eight packets are no attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn 8packets
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"a finished connection is no attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 3flags
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"IPv6 packets have 20 bytes more", nil, `
			0 [2001:db8::1]:443 > [fd00::9]:50000 answer
			0 [fd00::5]:40000 > [2001:db8::9]:443 syn 84bytes
			0 [2001:db8::9]:443 > [fd00::5]:40000 rst 80bytes
			300 [fd00::9]:50000 > [2001:db8::1]:443 data`, []string{"opened 0 1"}},
		{"one-way logs judge nothing", nil, `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"an hour after the last flow of the opposite direction", nil, opposite + `
			3600 10.0.0.5:40000 > 203.0.113.9:443 syn
			3900 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 3600 1"}},
		{"a second later the logs are one-way", nil, opposite + `
			3601 10.0.0.5:40000 > 203.0.113.9:443 syn
			3901 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"the opposite direction may be seen after the attempt", nil, `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			300 203.0.113.1:443 > 10.0.0.9:50000 answer`, []string{"opened 0 1"}},
		{"a rejected attempt is judged at once, also with one-way logs", nil, `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn reject`, []string{"opened 0 1"}},
		{"a record of a waiting attempt rejects it", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			120 10.0.0.5:40000 > 203.0.113.9:443 syn reject
			120 203.0.113.9:443 > 10.0.0.5:40000 answer`, []string{"opened 0 1"}},
		{"a SYN that is sent again belongs to the attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			100 10.0.0.5:40000 > 203.0.113.9:443 syn
			220 203.0.113.9:443 > 10.0.0.5:40000 answer
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"after 121 seconds it is another attempt", nil, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			121 10.0.0.5:40000 > 203.0.113.9:443 syn
			241 203.0.113.9:443 > 10.0.0.5:40000 answer
			421 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 0 1"}},
		{"the earliest record gives the time", nil, opposite + `
			100 10.0.0.5:40000 > 203.0.113.9:443 syn
			40 10.0.0.5:40000 > 203.0.113.9:443 syn
			340 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 40 1"}},
		{"an attempt that comes after its time is judged at once", nil, opposite + `
			300 10.0.0.9:50000 > 203.0.113.1:443 data
			0 10.0.0.5:40000 > 203.0.113.9:443 syn`, []string{"opened 0 1"}},
		{"a late attempt is not judged", func(cfg *detect.Config, _ *detect.Settings) { cfg.AllowedLateness = 299 * time.Second }, opposite + `
			300 10.0.0.9:50000 > 203.0.113.1:443 data
			0 10.0.0.5:40000 > 203.0.113.9:443 syn reject`, nil},
		{"a late answer counts", func(cfg *detect.Config, _ *detect.Settings) { cfg.AllowedLateness = 0 }, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			299 10.0.0.9:50000 > 203.0.113.1:443 data
			120 203.0.113.9:443 > 10.0.0.5:40000 answer
			300 10.0.0.9:50000 > 203.0.113.1:443 data`, nil},
		{"beyond the bound, the attempt with the smallest time is evicted", func(cfg *detect.Config, _ *detect.Settings) { cfg.MaxAttempts = 1 }, opposite + `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn
			1 10.0.0.5:40001 > 203.0.113.9:443 syn
			301 10.0.0.9:50000 > 203.0.113.1:443 data`, []string{"opened 1 1"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, "outbound_scan") })
	}
}

func TestAttackSequenceExamples(t *testing.T) {
	sequence := func(stages int) func(*detect.Config, *detect.Settings) {
		return func(cfg *detect.Config, set *detect.Settings) {
			set.Window, set.QuietPeriod, set.Stages, set.Threshold = 24*time.Hour, 24*time.Hour, stages, 0
			for _, id := range []string{"new_internal_peer", "unusual_country"} {
				other := cfg.Rules[id]
				other.LearningPeriod = 0
				cfg.Rules[id] = other
			}
		}
	}
	const lateral, control = "0 10.0.0.5:40000 > 10.0.0.6:445 answer 2flags\n", "60 10.0.0.5:40001 > 203.0.113.9:53 answer 2flags\n"
	exfiltration := func(at int) string { return fmt.Sprintf("%d 10.0.0.5:40002 > 203.0.113.8:443 20000001bytes\n", at) }
	for _, c := range []beyondCase{
		{"three stages", sequence(3), lateral + control + exfiltration(120), []string{"opened 120 3"}},
		{"two stages of three", sequence(3), lateral + exfiltration(120), nil},
		{"stages that are a day apart", sequence(3), lateral + control + exfiltration(86400), nil},
		{"stages within a day", sequence(3), lateral + control + exfiltration(86399), []string{"opened 86399 3"}},
		{"neither access, discovery nor lateral", sequence(2), control + exfiltration(120), nil},
		{"a new stage updates", sequence(2), lateral + control + exfiltration(120), []string{"opened 60 2", "updated 120 3"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, "attack_sequence") })
	}
}

func TestBeyondExamples(t *testing.T) {
	threshold := func(n int64) func(*detect.Config, *detect.Settings) {
		return func(_ *detect.Config, set *detect.Settings) { set.Threshold = n }
	}
	flood := func(_ *detect.Config, set *detect.Settings) { set.Threshold, set.AnsweredBelow = 10_000, 0.01 }
	firstSeen := func(learning time.Duration) func(*detect.Config, *detect.Settings) {
		return func(_ *detect.Config, set *detect.Settings) {
			*set = detect.Settings{Enabled: true, MaxKeys: 10, Retention: 24 * time.Hour, LearningPeriod: learning, Ports: []int{22}}
		}
	}
	const reply = "0 10.0.0.9:22 > 10.0.0.8:50000 answer\n"
	for _, c := range []struct {
		rule string
		beyondCase
	}{
		{"internal_sweep", beyondCase{"two hosts on one port", threshold(2), reply + `
			0 10.0.0.5:40000 > 10.0.0.6:445 syn
			0 10.0.0.5:40000 > 10.0.0.7:445 syn
			300 10.0.0.5:40000 > 10.0.0.8:445 data`, []string{"opened 0 2"}}},
		{"internal_sweep", beyondCase{"both interfaces log an attempt", threshold(2), reply + `
			0 10.0.0.5:40000 > 10.0.0.6:445 syn egress
			0 10.0.0.5:40000 > 10.0.0.6:445 syn eni-2
			300 10.0.0.5:40000 > 10.0.0.8:445 data
			600 10.0.0.5:40000 > 10.0.0.8:445 data eni-2`, nil}},
		{"internal_sweep", beyondCase{"two ports", threshold(2), reply + `
			0 10.0.0.5:40000 > 10.0.0.6:445 syn
			0 10.0.0.5:40000 > 10.0.0.7:446 syn
			300 10.0.0.5:40000 > 10.0.0.8:445 data`, nil}},
		{"internal_sweep", beyondCase{"a rejected attempt does not count", threshold(2), reply + `
			0 10.0.0.5:40000 > 10.0.0.6:445 syn
			0 10.0.0.5:40000 > 10.0.0.7:445 syn reject
			300 10.0.0.5:40000 > 10.0.0.8:445 data`, nil}},
		{"failed_callbacks", beyondCase{"two source ports", threshold(2), `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn reject
			0 10.0.0.5:40001 > 203.0.113.9:443 syn reject`, []string{"opened 0 2"}}},
		{"failed_callbacks", beyondCase{"one source port twice", threshold(2), `
			0 10.0.0.5:40000 > 203.0.113.9:443 syn reject
			200 10.0.0.5:40000 > 203.0.113.9:443 syn reject`, nil}},
		{"external_sweep", beyondCase{"two hosts", threshold(2), `
			0 203.0.113.9:40000 > 10.0.0.5:443 syn
			599 203.0.113.9:40001 > 10.0.0.6:443 data udp`, []string{"opened 599 2"}}},
		{"external_sweep", beyondCase{"two hosts ten minutes apart", threshold(2), `
			0 203.0.113.9:40000 > 10.0.0.5:443 syn
			600 203.0.113.9:40001 > 10.0.0.6:443 data`, nil}},
		{"new_exposed_service", beyondCase{"a service that is new after the learning period", firstSeen(time.Hour), `
			0 10.0.0.5:443 > 203.0.113.9:40000 synack
			3600 10.0.0.5:22 > 203.0.113.9:40000 synack
			3600 10.0.0.5:443 > 203.0.113.9:40000 synack`, []string{"opened 3600 1"}}},
		{"new_exposed_service", beyondCase{"within the learning period", firstSeen(time.Hour), `
			0 10.0.0.5:443 > 203.0.113.9:40000 synack
			3599 10.0.0.5:22 > 203.0.113.9:40000 synack`, nil}},
		{"new_exposed_service", beyondCase{"without SYN and ACK it is no answer", firstSeen(0), `
			0 10.0.0.5:443 > 203.0.113.9:40000 0flags data`, nil}},
		{"new_exposed_service", beyondCase{"without flags, ports decide", firstSeen(0), `
			0 10.0.0.5:443 > 203.0.113.9:40000 unlogged data
			0 10.0.0.5:443 > 203.0.113.9:8080 unlogged data
			0 10.0.0.6:443 > 203.0.113.9:40000 unlogged`, []string{"opened 0 1"}}},
		{"long_connection", beyondCase{"two panes", threshold(2), `
			599 10.0.0.5:40000 > 203.0.113.9:443 0flags
			600 10.0.0.5:40000 > 203.0.113.9:443 0flags`, []string{"opened 600 2"}}},
		{"long_connection", beyondCase{"one pane, and flows with SYN", threshold(2), `
			600 10.0.0.5:40000 > 203.0.113.9:443 0flags
			1199 10.0.0.5:40000 > 203.0.113.9:443 0flags
			1200 10.0.0.5:40000 > 203.0.113.9:443 2flags`, nil}},
		{"outbound_flood", beyondCase{"more than the threshold", flood, `
			0 203.0.113.9:443 > 10.0.0.6:40000 data
			0 10.0.0.5:40000 > 203.0.113.9:443 10001packets
			309 10.0.0.6:40000 > 203.0.113.9:443 data
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, []string{"opened 0 10001"}}},
		{"outbound_flood", beyondCase{"as much as the threshold", flood, `
			0 203.0.113.9:443 > 10.0.0.6:40000 data
			0 10.0.0.5:40000 > 203.0.113.9:443 10000packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, nil}},
		{"outbound_flood", beyondCase{"fewer answers than a hundredth", flood, `
			0 203.0.113.9:443 > 10.0.0.5:40000 101packets
			0 10.0.0.5:40000 > 203.0.113.9:443 10101packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, []string{"opened 0 10101"}}},
		{"outbound_flood", beyondCase{"a hundredth is answered", flood, `
			0 203.0.113.9:443 > 10.0.0.5:40000 102packets
			0 10.0.0.5:40000 > 203.0.113.9:443 10200packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, nil}},
		{"outbound_flood", beyondCase{"answers 120 seconds later count", flood, `
			120 203.0.113.9:443 > 10.0.0.5:40000 200packets
			0 10.0.0.5:40000 > 203.0.113.9:443 10200packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, nil}},
		{"outbound_flood", beyondCase{"answers 130 seconds later do not", flood, `
			130 203.0.113.9:443 > 10.0.0.5:40000 200packets
			0 10.0.0.5:40000 > 203.0.113.9:443 10200packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, []string{"opened 0 10200"}}},
		{"outbound_flood", beyondCase{"one-way logs", flood, `
			0 10.0.0.5:40000 > 203.0.113.9:443 10200packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data`, nil}},
		{"outbound_flood", beyondCase{"a flow after its pane was judged", flood, `
			0 203.0.113.9:443 > 10.0.0.6:40000 data
			0 10.0.0.5:40000 > 203.0.113.9:443 6000packets
			310 10.0.0.6:40000 > 203.0.113.9:443 data
			5 10.0.0.5:40000 > 203.0.113.9:443 6000packets`, []string{"opened 5 12000"}}},
	} {
		t.Run(c.rule+": "+c.name, func(t *testing.T) { c.run(t, c.rule) })
	}
}
