// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

var address = netip.MustParseAddr

// t0 is 2025-01-15 23:55:00 UTC.
const t0 = 1736985300

// alerts are one alert for each kind of playbook.
func alerts() map[string]*alert.Alert {
	base := alert.Alert{Status: alert.Opened, Region: "eu-west-1", Account: "123456789012", FirstSeen: t0, LastSeen: t0 + 60, Time: t0 + 60}
	with := func(change func(*alert.Alert)) *alert.Alert {
		a := base
		change(&a)
		return &a
	}
	return map[string]*alert.Alert{
		"an external login": with(func(a *alert.Alert) {
			a.Rule, a.Source, a.SourceCountry = "remote_service_brute_force", address("203.0.113.9"), "NL"
			a.Destination, a.DestinationPort = address("10.0.1.10"), 22
		}),
		"an external scan": with(func(a *alert.Alert) {
			a.Rule, a.Source = "external_port_scan", address("203.0.113.9")
			a.Destinations = []netip.Addr{address("10.0.0.2"), address("10.0.0.1")}
			a.AcceptedTargets = []netip.AddrPort{netip.MustParseAddrPort("10.0.0.1:80")}
			a.DestinationPorts = []uint16{80, 81, 82}
		}),
		"rejected logins": with(func(a *alert.Alert) {
			a.Rule, a.Source, a.DestinationPorts = "remote_service_rejects", address("2001:db8::9"), []uint16{22, 3389}
			a.Destination = address("10.0.0.2")
		}),
		"an internal sweep": with(func(a *alert.Alert) {
			a.Rule, a.Source, a.Unit = "internal_reject_sweep", address("10.0.0.9"), alert.Destinations
			a.Destinations = []netip.Addr{address("10.0.0.2"), address("10.0.0.1")}
		}),
		"an outbound transfer in IPv6": with(func(a *alert.Alert) {
			a.Rule, a.Source, a.Destination = "large_outbound_transfer", address("fd00::1"), address("2001:db8::9")
			a.SourceMachine = alert.Machine{Interface: "eni-0123456789abcdef0", Instance: "i-0123456789abcdef0", Subnet: "subnet-0123456789abcdef0"}
			a.Status, a.Episode.Seconds, a.Time, a.LastSeen = alert.Resolved, 7200, t0+3600, t0+3600
		}),
		"a new peer": with(func(a *alert.Alert) {
			a.Rule, a.Source, a.Destination, a.DestinationPort = "new_internal_peer", address("10.0.0.9"), address("10.0.0.1"), 445
		}),
	}
}

var update = flag.Bool("update", false, "write the golden files")

func TestSteps(t *testing.T) {
	for name, a := range alerts() {
		t.Run(name, func(t *testing.T) {
			text := Text(Steps(a))
			assert.Equal(t, Steps(a), ParseText(text))
			path := "testdata/" + strings.ReplaceAll(name, " ", "_") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(text+"\n"), 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), text+"\n")
		})
	}
}

func TestTextOfNoSteps(t *testing.T) {
	assert.Empty(t, Text(nil))
	assert.Empty(t, ParseText(""))
}

func TestStepsOfAnAlertWithoutAddressesAreQueries(t *testing.T) {
	steps := Steps(&alert.Alert{})
	require.Len(t, steps, 2)
	assert.Contains(t, steps[0].Command, "SELECT")
	assert.Contains(t, steps[1].Command, "start-query")
}

func TestHostileValuesAreLeftOut(t *testing.T) {
	const hostile = "$(touch /tmp/x); `id` ' \" \n --endpoint-url http://evil"
	zoned := netip.MustParseAddr("fe80::1%" + hostile)
	for name, a := range alerts() {
		a.Region, a.Account, a.Interface, a.Instance, a.VPC, a.Transport, a.Scope = hostile, hostile, hostile, hostile, hostile, hostile, hostile
		machine := alert.Machine{Interface: hostile, Instance: hostile, VPC: hostile, Subnet: hostile, Zone: hostile, Group: hostile, Name: hostile, Owner: hostile}
		a.SourceMachine, a.DestinationMachine = machine, machine
		a.Source, a.Destinations = zoned, append(a.Destinations, zoned)
		a.AcceptedTargets = append(a.AcceptedTargets, netip.AddrPortFrom(zoned, 1))
		for _, step := range Steps(a) {
			for _, text := range []string{step.Title, step.Command, step.Note} {
				assert.NotContains(t, text, "touch", name)
				assert.NotContains(t, text, "evil", name)
			}
		}
		assert.Empty(t, Credentials(a))
	}
	for _, rule := range []string{"", "x](javascript:alert)", "A", strings.Repeat("a", 65)} {
		assert.Equal(t, rulesURL, RuleURL(rule))
	}
}

func TestExtremeTimesGiveValidQueries(t *testing.T) {
	for _, c := range []struct {
		a        alert.Alert
		from, to int64
	}{
		{alert.Alert{}, 0, 0},
		{alert.Alert{Time: 1000, Window: 600}, 400, 1000},
		{alert.Alert{Time: -5, FirstSeen: -9, LastSeen: -8}, 0, 0},
		{alert.Alert{Time: 10, FirstSeen: 1 << 62, LastSeen: 1}, 253402300199, 253402300199},
		{alert.Alert{Time: 1000, FirstSeen: 900, LastSeen: 950, Episode: alert.Totals{Seconds: 300}}, 700, 1000},
	} {
		from, to := newNetwork(&c.a).period()
		assert.Equal(t, [2]int64{c.from, c.to}, [2]int64{from, to})
	}
}

// A command is only useful if the shell passes its arguments on unchanged.
func TestShellsPassTheArgumentsOn(t *testing.T) {
	ran := 0
	for _, shell := range []string{"bash", "dash", "zsh"} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		for name, a := range alerts() {
			for _, step := range Steps(a) {
				if strings.HasPrefix(step.Command, "SELECT") {
					continue
				}
				script := `aws() { for argument in "$@"; do printf '[%s]' "$argument" >&2; done; echo >&2; echo id; }; sleep() { :; }; ` + step.Command
				out, err := exec.CommandContext(t.Context(), path, "-euc", script).CombinedOutput()
				require.NoError(t, err, "%s of %s: %s", step.Command, name, out)
				ran++
				switch {
				case strings.Contains(step.Command, "describe-security-group-rules"):
					assert.Contains(t, string(out), "[SecurityGroupRules[?IsEgress==`false` && (IpProtocol==`\"-1\"` || FromPort<=`")
				case strings.Contains(step.Command, "describe-network-interfaces"):
					assert.Contains(t, string(out), "[NetworkInterfaces[].[PrivateIpAddress,NetworkInterfaceId,Attachment.InstanceId,VpcId,SubnetId,join(',',Groups[].GroupId),Description]]")
				case strings.Contains(step.Command, "get-query-results"):
					assert.Contains(t, string(out), "[--query-id][id]")
				}
			}
		}
	}
	assert.NotZero(t, ran)
}

func TestCommandsThatChangeSomethingDoNotRunAsTheyAre(t *testing.T) {
	for name, a := range alerts() {
		for _, step := range Steps(a) {
			first, _, _ := strings.Cut(step.Command, "\n")
			if strings.HasPrefix(first, "SELECT") || strings.Contains(first, " describe-") || strings.Contains(first, " start-query ") {
				continue
			}
			assert.Regexp(t, ` [A-Z]+(_[A-Z]+)*_ID\b`, step.Command, name)
		}
	}
}

func TestEachRuleHasItsSectionAndItsSides(t *testing.T) {
	docs, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	for _, rule := range detect.Rules {
		_, anchor, found := strings.Cut(RuleURL(rule.ID), "#")
		require.True(t, found)
		assert.Contains(t, string(docs), "\n### "+anchor+"\n")
		steps := Steps(&alert.Alert{Rule: rule.ID, Source: address("198.18.0.1"), Destination: address("198.18.0.2")})
		assert.True(t, slices.ContainsFunc(steps, func(s Step) bool { return strings.Contains(s.Command, "describe-network-interfaces") }),
			"%s: no side is known to be internal", rule.ID)
	}
}

// Public addresses of the user's own network must not be blocked at its border.
func TestTheRuleDeterminesWhichSideIsInternal(t *testing.T) {
	own := &alert.Alert{Rule: "internal_reject_sweep", Source: address("198.51.100.1"), Destinations: []netip.Addr{address("198.51.100.2")}}
	for _, step := range Steps(own) {
		assert.NotContains(t, step.Command, "create-network-acl-entry")
	}
	unknown := &alert.Alert{Rule: "custom", Source: address("10.0.0.1"), SourceCountry: "DE", Destination: address("10.0.0.2")}
	assert.False(t, newNetwork(unknown).sourceInside, "only external addresses have a country")
	assert.True(t, newNetwork(unknown).destinationInside)
	assert.True(t, newNetwork(&alert.Alert{Source: address("100.64.0.1")}).sourceInside)
	assert.True(t, newNetwork(&alert.Alert{Source: address("198.51.100.1"), SourceMachine: alert.Machine{Instance: "i-1"}}).sourceInside)
	assert.False(t, newNetwork(&alert.Alert{Source: address("203.0.113.1")}).sourceInside)
}

func TestLongListsAreBounded(t *testing.T) {
	a := &alert.Alert{Rule: "external_reject_sweep", Unit: alert.Destinations, Status: alert.Opened, Source: address("203.0.113.9")}
	for i := range 100 {
		a.Destinations = append(a.Destinations, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	steps := Steps(a)
	assert.Equal(t, maxAddresses-1, strings.Count(steps[0].Command, ",10.0.0."))
	assert.Contains(t, steps[0].Title, "10.0.0.0 and 19 others")
	assert.NotContains(t, steps[len(steps)-1].Command, "10.0.0.0", "an incomplete list is not a condition")
}

func TestCredentialsNameTheAccount(t *testing.T) {
	assert.Contains(t, Credentials(&alert.Alert{Account: "123456789012"}), "account 123456789012")
	assert.Empty(t, Credentials(&alert.Alert{}))
}
