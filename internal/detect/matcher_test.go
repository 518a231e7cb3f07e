// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestMatcherHasWhatAllPartsOfTheMatchHave(t *testing.T) {
	const (
		request  = "request"
		reply    = "reply"
		outbound = "outbound"
		rejected = "rejected"
		overUDP  = "over UDP"
		egress   = "accepted by the source's interface only"
		ping     = "ping"
	)
	base := flow.Flow{
		Time: t0, Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), SrcPort: 50000, DstPort: 443, Protocol: tcp,
		Action: flow.Accept,
	}
	flows := map[string]flow.Flow{}
	for name, change := range map[string]func(*flow.Flow){
		request:  func(*flow.Flow) {},
		reply:    func(f *flow.Flow) { f.SrcPort, f.DstPort = 443, 50000 },
		outbound: func(f *flow.Flow) { f.Dst = netip.MustParseAddr("203.0.113.1") },
		rejected: func(f *flow.Flow) { f.Action = flow.Reject },
		overUDP:  func(f *flow.Flow) { f.Protocol = udp },
		egress:   func(f *flow.Flow) { f.Direction = flow.Egress },
		ping:     func(f *flow.Flow) { f.SrcPort, f.DstPort, f.Protocol = 0, 0, icmp },
	} {
		f := base
		change(&f)
		flows[name] = f
	}
	e, err := New(DefaultConfig(), nil, nil)
	require.NoError(t, err)
	for _, test := range []struct {
		match Match
		want  []string
	}{
		{Match{}, []string{request, outbound, rejected, overUDP, egress}},
		{Match{Class: inside}, []string{request, rejected, overUDP, egress}},
		{Match{Class: toOutside}, []string{outbound}},
		{Match{Class: fromOutside}, nil},
		{Match{Role: []string{"reply"}}, []string{reply}},
		{Match{Role: []string{"reply", "unknown"}}, []string{reply, ping}},
		{Match{Role: []string{"any"}, Class: inside}, []string{request, reply, rejected, overUDP, egress, ping}},
		{Match{Action: isRejected}, []string{rejected}},
		{Match{Action: isAccepted}, []string{request, outbound, overUDP}},
		{Match{Action: []string{"accept", "reject"}}, []string{request, outbound, overUDP, rejected}},
		{Match{Protocol: []Protocol{udp}}, []string{overUDP}},
		{Match{Not: &Match{Protocol: []Protocol{tcp}}}, []string{overUDP}},
		{Match{Port: []PortRange{{First: 1, Last: 442}, {First: 444, Last: 65535}}}, nil},
		{Match{Port: []PortRange{{First: 443, Last: 443}}, Class: toOutside}, []string{outbound}},
		{Match{Outcome: []string{"failed"}}, nil},
	} {
		m := e.shards[0].compile(&test.match)
		var got []string
		for name := range flows {
			var ev Event
			f := flows[name]
			require.Equal(t, Evaluate, e.Classify(&f, t0, &ev))
			if m.has(&ev) {
				require.True(t, m.evaluates(ev.class))
				got = append(got, name)
			}
		}
		require.ElementsMatch(t, test.want, got, "%+v", test.match)
	}
}

// An attempt that was judged is not a flow, so that a rule evaluates only one of them.
func TestMatcherOfAnOutcomeHasOnlyJudgedAttempts(t *testing.T) {
	flows := (&Match{Class: inside, Role: []string{"any"}}).kinds(true)
	failed := (&Match{Class: inside, Outcome: []string{"failed"}}).kinds(true)
	answered := (&Match{Class: inside, Outcome: []string{"answered"}}).kinds(true)
	all := (&Match{Class: inside, Outcome: []string{"answered", "failed"}}).kinds(true)
	require.Zero(t, flows&all)
	require.Zero(t, failed&answered)
	require.Equal(t, all, failed|answered)
	require.Equal(t, all, all&judgedKindsOf(3), "internal to internal")
	require.Zero(t, all&kindsOf(3))
	require.NotZero(t, failed&kindOf(3, attemptFailed, rejectedResult))
	require.Zero(t, (&Match{Class: inside, Outcome: []string{"failed"}, Action: isAccepted}).kinds(true)&kindOf(3, attemptFailed, rejectedResult))
}
