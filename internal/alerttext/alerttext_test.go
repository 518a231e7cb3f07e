// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alerttext

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// t0 is 2025-01-15 00:00:00 UTC.
const t0 = 1736899200

func transfer(status alert.Status) *alert.Alert {
	a := &alert.Alert{
		Status: status, Unit: alert.Bytes, Measure: 21_700_000, Threshold: 20_000_000, Window: 3600,
		Flows: 4, Packets: 15_000, Bytes: 21_700_000, FirstSeen: t0, LastSeen: t0 + 240, Time: t0 + 240,
	}
	if status != alert.Opened {
		a.Episode = alert.Totals{Measure: 60_000_000, Flows: 12, Packets: 41_000, Bytes: 60_000_000, Seconds: 1260}
		a.Time = t0 + 1260
	}
	return a
}

func TestHowMuch(t *testing.T) {
	for _, c := range []struct {
		a    *alert.Alert
		want string
	}{
		{transfer(alert.Opened), "21.7 MB within 1 h (threshold 20 MB), in 4 flows, 15,000 packets."},
		{transfer(alert.Updated), "So far 60 MB, in 12 flows, 41,000 packets over 21 min. Last alert at 21.7 MB within 1 h (threshold 20 MB)."},
		{transfer(alert.Resolved), "In all 60 MB, in 12 flows, 41,000 packets over 21 min. Last alert at 21.7 MB within 1 h (threshold 20 MB)."},
		{
			&alert.Alert{Unit: alert.Flows, Measure: 1, Threshold: 1, Flows: 1, Packets: 1, Bytes: 60},
			"1 flow, in 1 packet, 60 B.",
		},
		{
			&alert.Alert{Unit: alert.Ports, Measure: 20, Threshold: 20, Flows: 20, Packets: 20, Bytes: 1200, Episode: alert.Totals{Measure: 4096, Flows: 5000, Packets: 5000, Bytes: 300_000}},
			"So far at least 4,096 ports, in 5,000 flows, 5,000 packets, 300 kB. Last alert at 20 ports (threshold 20).",
		},
		{&alert.Alert{}, ""},
		{&alert.Alert{Unit: alert.Ports, Measure: -1}, "0 ports, in 0 flows, 0 packets, 0 B."},
	} {
		assert.Equal(t, c.want, HowMuch(c.a))
	}
}

func TestSince(t *testing.T) {
	ended := transfer(alert.Resolved)
	assert.Equal(t, "2025-01-15 00:00:00 UTC until 00:21:00 (21 min)", Since(ended))
	assert.Equal(t, "2025-01-15 00:00:00 UTC, last seen 00:04:00 (4 min)", Since(transfer(alert.Opened)))
	ended.Time += 86400
	assert.Equal(t, "2025-01-15 00:00:00 UTC until 2025-01-16 00:21:00 UTC (1 d)", Since(ended))
	assert.Equal(t, "2025-01-15 00:00:00 UTC", Since(&alert.Alert{FirstSeen: t0, LastSeen: t0}))
	assert.Empty(t, Since(&alert.Alert{}))
	earlier := transfer(alert.Resolved)
	earlier.FirstSeen = t0 + 600 // the evidence of the last alert begins later than the episode
	assert.Equal(t, "2025-01-15 00:00:00 UTC until 00:21:00 (21 min)", Since(earlier))
}

func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		accepted, rejected int64
		want               string
	}{
		{0, 0, ""},
		{1, 0, "Yes: the flow was accepted."},
		{2, 0, "Yes: both flows were accepted."},
		{0, 1500, "No: all 1,500 flows were rejected."},
		{1, 2, "Yes, in part: 1 flow was accepted, 2 rejected."},
		{3, 1, "Yes, in part: 3 flows were accepted, 1 rejected."},
	} {
		assert.Equal(t, c.want, Outcome(&alert.Alert{AcceptedFlows: c.accepted, RejectedFlows: c.rejected}))
	}
}

func TestOutcomeSaysThatTheEpisodeHasMoreFlows(t *testing.T) {
	a := &alert.Alert{AcceptedFlows: 8, Episode: alert.Totals{Flows: 21}}
	assert.Equal(t, "Yes: all 8 flows were accepted. 13 other flows are not counted here.", Outcome(a))
	a.Rule = "large_outbound_transfer"
	assert.Equal(t, "Yes: all 21 flows were accepted.", Outcome(a), "this rule counts accepted flows only")
	a.AcceptedFlows, a.RejectedFlows, a.Rule = 0, 8, "internal_reject_sweep"
	assert.Equal(t, "No: all 21 flows were rejected.", Outcome(a))
	a.AcceptedFlows, a.RejectedFlows, a.Rule = 8, 0, ""
	a.Episode.Flows = 8
	assert.Equal(t, "Yes: all 8 flows were accepted.", Outcome(a))
}

func TestTargetsHaveTheirService(t *testing.T) {
	a := &alert.Alert{AcceptedTargets: []netip.AddrPort{
		netip.MustParseAddrPort("10.0.1.10:443"), netip.MustParseAddrPort("[2001:db8::1]:22"), netip.MustParseAddrPort("10.0.1.11:0"), netip.MustParseAddrPort("10.0.1.11:60001"),
	}}
	assert.Equal(t, "10.0.1.10:443 (HTTPS), [2001:db8::1]:22 (SSH), 10.0.1.11, 10.0.1.11:60001", AcceptedTargets(a))
	assert.Equal(t, "443 (HTTPS)", Port(443))
	assert.Equal(t, "60001", Port(60001))
}

func TestOnlyFullListsMayHaveMore(t *testing.T) {
	x := func(int) string { return "x" }
	for _, c := range []struct {
		n         int
		truncated bool
		more      bool
	}{{alert.MaxList - 1, true, false}, {alert.MaxList, true, true}, {alert.MaxList, false, false}, {alert.MaxList + 1, false, true}, {0, true, false}} {
		got := List(&alert.Alert{Truncated: c.truncated}, c.n, x)
		assert.Equal(t, c.more, strings.HasSuffix(got, ", and more"), "%+v", c)
	}
}

func TestSamplesAreReadable(t *testing.T) {
	const ends = "203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 60 "
	for sample, want := range map[string]string{
		ends + "1736899219 eni-1":                 "2025-01-15 00:00:19 UTC 203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 packet, 60 B on eni-1",
		ends + "1736899219 -":                     "2025-01-15 00:00:19 UTC 203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 packet, 60 B",
		ends + "253402300799 eni-1":               "9999-12-31 23:59:59 UTC 203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 packet, 60 B on eni-1",
		ends + "253402300800 eni-1":               ends + "253402300800 eni-1",
		ends + "0 eni-1":                          ends + "0 eni-1",
		ends + "- eni-1":                          ends + "- eni-1",
		"other text with fields 1 2 3 1736899219": "other text with fields 1 2 3 1736899219",
		"": "",
	} {
		assert.Equal(t, want, Sample(alert.ParseSample(sample)))
	}
}
