// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// documentedRules returns the custom rules of docs/custom-rules.md.
func documentedRules(t *testing.T) (rules []detect.CustomRule) {
	t.Helper()
	text, err := os.ReadFile("../../docs/custom-rules.md")
	require.NoError(t, err)
	for _, block := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, parse(t, block[1]).Unmarshal(cfg), block[1])
		require.NoError(t, cfg.Validate(), block[1])
		rules = append(rules, cfg.CustomRules...)
	}
	return rules
}

// documentedStart is the time of the first flows. learned seconds later, the learning period of the documented rules is over.
const (
	documentedStart = 1_767_225_600
	learned         = 8 * 86400
)

// The format of the flows below: source port, destination, port, protocol and so on. Flows whose line begins with + are after
// the learning period.
func parseDocumented(t *testing.T, lines ...string) (flows []flow.Flow) {
	t.Helper()
	for _, line := range lines {
		f := flow.Flow{
			Time: documentedStart, Account: "111122223333", Interface: "eni-1", VPC: "vpc-1", Packets: 10, Bytes: 1000, Action: flow.Accept,
			Flags: 2,
		}
		rest, later := strings.CutPrefix(line, "+")
		if later {
			f.Time += learned
		}
		var src, dst, action string
		_, err := fmt.Sscan(rest, &src, &f.SrcPort, &dst, &f.DstPort, &f.Protocol, &action)
		require.NoError(t, err, line)
		f.Src, f.Dst = netip.MustParseAddr(src), netip.MustParseAddr(dst)
		if action == "REJECT" {
			f.Action = flow.Reject
		}
		for _, option := range strings.Fields(rest)[6:] {
			key, value, _ := strings.Cut(option, "=")
			switch key {
			case "bytes":
				_, err = fmt.Sscan(value, &f.Bytes)
			case "subnet":
				f.Subnet = value
			case "direction":
				f.Direction = map[string]flow.Direction{"ingress": flow.Ingress, "egress": flow.Egress}[value]
			case "syn":
				f.Packets, f.Bytes = 1, 44
			case "reply":
				f.Flags = 18
			}
			require.NoError(t, err, line)
		}
		flows = append(flows, f)
	}
	return flows
}

// alertsOf returns the alerts of one rule alone.
func alertsOf(t *testing.T, rule *detect.CustomRule, threats *threatlist.Table, flows []flow.Flow) (alerts []*alert.Alert) {
	t.Helper()
	cfg := detect.DefaultConfig()
	for id, set := range cfg.Rules {
		set.Enabled = false
		cfg.Rules[id] = set
	}
	cfg.CustomRules = []detect.CustomRule{*rule}
	require.NoError(t, cfg.Check())
	engine, err := detect.New(cfg, threats, network.BuiltIn())
	require.NoError(t, err)
	for i := range flows {
		var ev detect.Event
		if engine.Classify(&flows[i], documentedStart+100*86400, &ev) == detect.Evaluate {
			engine.Observe(&ev, func(a *alert.Alert) { alerts = append(alerts, a) })
		}
	}
	return alerts
}

func repeat(n int, line func(i int) string) (lines []string) {
	for i := range n {
		lines = append(lines, line(i))
	}
	return lines
}

func TestDocumentedCustomRules(t *testing.T) {
	tests := map[string]struct{ fires, silent []string }{
		"smb_to_internet": {
			fires: []string{"10.0.0.1 50000 203.0.113.1 445 6 ACCEPT"},
			silent: []string{
				"10.0.0.1 50000 203.0.113.1 446 6 ACCEPT", "10.0.0.1 50000 203.0.113.1 445 17 ACCEPT", "10.0.0.1 50000 10.0.0.2 445 6 ACCEPT",
				"203.0.113.1 50000 10.0.0.1 445 6 ACCEPT", "10.0.0.1 445 203.0.113.1 139 6 ACCEPT reply=",
			},
		},
		"database_reached_from_outside": {
			fires: []string{"203.0.113.1 50000 10.0.0.1 5432 6 ACCEPT"},
			silent: []string{
				"203.0.113.1 50000 10.0.0.1 5432 6 REJECT", "203.0.113.1 50000 10.0.0.1 443 6 ACCEPT", "10.0.0.2 50000 10.0.0.1 5432 6 ACCEPT",
				"10.0.0.2 50000 203.0.113.1 5432 6 ACCEPT",
			},
		},
		"new_outbound_port": {
			fires: []string{"10.0.0.1 50000 203.0.113.1 443 6 ACCEPT", "+10.0.0.1 50000 203.0.113.1 8443 6 ACCEPT"},
			silent: []string{
				"10.0.0.1 50000 203.0.113.1 443 6 ACCEPT", "10.0.0.1 50000 203.0.113.1 8443 6 ACCEPT", "+10.0.0.1 50000 203.0.113.9 443 6 ACCEPT",
				"+10.0.0.1 50000 203.0.113.1 22 6 REJECT", "+10.0.0.1 50000 10.0.0.2 22 6 ACCEPT",
			},
		},
		"dns_to_foreign_resolver": {
			fires:  []string{"10.0.0.1 50000 203.0.113.53 53 17 ACCEPT"},
			silent: []string{"10.0.0.1 50000 198.51.100.53 53 17 ACCEPT", "10.0.0.1 50000 10.0.0.2 53 17 ACCEPT", "10.0.0.1 50000 203.0.113.53 443 6 ACCEPT"},
		},
		"tor_ports": {
			fires:  []string{"10.0.0.1 50000 203.0.113.1 9001 6 REJECT"},
			silent: []string{"10.0.0.1 50000 203.0.113.1 9002 6 ACCEPT", "10.0.0.1 50000 10.0.0.2 9001 6 ACCEPT", "10.0.0.1 50000 203.0.113.1 9001 17 ACCEPT"},
		},
		"mail_from_other_hosts": {
			fires:  []string{"10.0.0.1 50000 203.0.113.1 25 6 ACCEPT"},
			silent: []string{"10.0.3.25 50000 203.0.113.1 25 6 ACCEPT", "10.0.3.26 50000 203.0.113.1 587 6 ACCEPT", "10.0.0.1 50000 10.0.3.25 25 6 ACCEPT"},
		},
		"mining_pool_ports": {
			fires:  []string{"10.0.0.1 50000 203.0.113.1 3333 6 ACCEPT"},
			silent: []string{"10.0.0.1 50000 203.0.113.1 3334 6 ACCEPT", "10.0.0.1 50000 10.0.0.2 3333 6 ACCEPT", "10.0.0.1 3333 203.0.113.1 50000 6 ACCEPT reply="},
		},
		"quarantine_traffic": {
			fires:  []string{"10.0.66.7 50000 10.0.0.2 22 6 REJECT"},
			silent: []string{"10.0.66.7 50000 10.0.9.9 443 6 ACCEPT", "10.0.65.7 50000 10.0.0.2 22 6 ACCEPT", "10.0.0.2 50000 10.0.66.7 22 6 ACCEPT"},
		},
		"cleartext_protocols": {
			fires: []string{"10.0.0.1 50000 10.0.0.2 23 6 ACCEPT"},
			silent: []string{
				"10.0.0.1 50000 10.0.0.2 23 6 REJECT", "10.0.0.1 50000 10.0.0.2 23 6 ACCEPT direction=egress", "10.0.0.1 50000 10.0.0.2 22 6 ACCEPT",
				"10.0.0.1 23 10.0.0.2 50000 6 ACCEPT reply=", "10.0.0.1 50000 10.0.0.2 515 6 ACCEPT",
			},
		},
		"outbound_bytes_of_subnet": {
			fires: []string{
				"10.0.5.1 50000 203.0.113.1 443 6 ACCEPT bytes=5000000000 subnet=subnet-0a1b2c3d4e5f60718",
				"10.0.5.2 443 203.0.113.2 50000 6 ACCEPT bytes=5000000001 subnet=subnet-0a1b2c3d4e5f60718 reply=",
			},
			silent: []string{
				"10.0.5.1 50000 203.0.113.1 443 6 ACCEPT bytes=10000000000 subnet=subnet-0a1b2c3d4e5f60718",
				"10.0.6.1 50000 203.0.113.1 443 6 ACCEPT bytes=20000000000 subnet=subnet-1", "10.0.5.1 50000 203.0.113.1 443 6 ACCEPT bytes=20000000000",
				"10.0.5.1 50000 10.0.0.1 443 6 ACCEPT bytes=20000000000 subnet=subnet-0a1b2c3d4e5f60718",
			},
		},
		"many_hosts_on_one_port": {
			fires: repeat(50, func(i int) string { return fmt.Sprintf("10.0.0.1 50000 10.0.1.%d 445 6 REJECT syn=", i) }),
			silent: append(repeat(49, func(i int) string { return fmt.Sprintf("10.0.0.1 50000 10.0.1.%d 445 6 REJECT syn=", i) }),
				"10.0.0.1 50000 10.0.1.49 446 6 REJECT syn=", "10.0.0.2 50000 10.0.1.49 445 6 REJECT syn="),
		},
		"scanned_by_many": {
			fires:  repeat(1000, func(i int) string { return fmt.Sprintf("203.0.%d.%d 50000 10.0.0.1 445 6 REJECT", i/250, i%250) }),
			silent: repeat(999, func(i int) string { return fmt.Sprintf("203.0.%d.%d 50000 10.0.0.1 445 6 REJECT", i/250, i%250) }),
		},
		"database_guessing": {
			fires: append(repeat(10, func(i int) string { return fmt.Sprintf("203.0.113.1 %d 10.0.0.1 5432 6 REJECT", 50000+i) }),
				"203.0.113.1 50000 10.0.0.2 3306 6 ACCEPT"),
			silent: append(repeat(9, func(i int) string { return fmt.Sprintf("203.0.113.1 %d 10.0.0.1 5432 6 REJECT", 50000+i) }),
				"203.0.113.1 50000 10.0.0.2 3306 6 ACCEPT"),
		},
	}
	rules := documentedRules(t)
	seen := map[string]bool{}
	for i := range rules {
		rule := &rules[i]
		test, ok := tests[rule.ID]
		require.True(t, ok, "%s has no test", rule.ID)
		seen[rule.ID] = true
		t.Run(rule.ID, func(t *testing.T) {
			fired := alertsOf(t, rule, nil, parseDocumented(t, test.fires...))
			require.Len(t, fired, 1)
			a := fired[0]
			assert.Equal(t, rule.ID, a.Rule)
			assert.Equal(t, alert.CustomRuleset, a.Ruleset)
			assert.NotEmpty(t, a.Body)
			t.Log(a.Body)
			assert.Empty(t, alertsOf(t, rule, nil, parseDocumented(t, test.silent...)))
		})
	}
	assert.Len(t, seen, len(tests), "each test has a rule")
}

func TestCustomRulesHaveTheDefaultsOfTheirKind(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, parse(t, `
custom_rules:
- {id: a, kind: each, key: source}
- {id: b, kind: distinct, key: [source, port], count: destination, threshold: 5, window: 1m, dry_run: true, severity: high, enabled: false}
- {id: c, kind: sum, key: vpc, sum: bytes, threshold: 5, max_keys: 7}
- {id: d, kind: first_seen, key: country, learning_period: 0s}
- {id: e, kind: sequence, key: source, first: {action: reject}, then: {action: accept}}
`).Unmarshal(cfg))
	require.NoError(t, cfg.Validate())
	got := make([]string, len(cfg.CustomRules))
	for i := range cfg.CustomRules {
		c := &cfg.CustomRules[i]
		got[i] = fmt.Sprint(c.ID, c.Enabled, c.MaxKeys, c.Severity, c.Threshold, c.Failures, c.Window, c.QuietPeriod, c.Retention, c.LearningPeriod, c.Count, c.DryRun)
	}
	assert.Equal(t, []string{
		"atrue 200000  0 0 0s 24h0m0s 0s 0s [] false",
		"bfalse 200000 high 5 0 1m0s 1h0m0s 0s 0s [destination] true",
		"ctrue 7  5 0 10m0s 1h0m0s 0s 0s [] false",
		"dtrue 200000  0 0 0s 0s 720h0m0s 0s [] false",
		"etrue 200000  0 5 1h0m0s 1h0m0s 0s 0s [destination port source_port] false",
	}, got)
}

// Two lists may have the same address. A rule that names a list must find it there, whichever list has precedence.
func TestCustomRulesFindAnAddressInTheListThatTheyName(t *testing.T) {
	prefix := []netip.Prefix{netip.MustParsePrefix("203.0.113.1/32")}
	lists := []threatlist.List{
		{Name: "first", Prefixes: prefix}, {Name: "second", Severity: "high", Prefixes: prefix}, {Name: "third"},
	}
	flows := parseDocumented(t, "10.0.0.1 50000 203.0.113.1 443 6 ACCEPT")
	for list, want := range map[string]string{"any": "first low", "first": "first low", "second": "second high", "third": ""} {
		rule := detect.DefaultCustomRule(detect.Each)
		rule.ID, rule.Key = "listed", []detect.Part{"source"}
		rule.Match = &detect.Match{DestinationList: []string{list}}
		got := ""
		for _, a := range alertsOf(t, &rule, threatlist.NewTable(lists, "first", "second", "third"), flows) {
			got = a.Feed + " " + a.Severity.String()
		}
		assert.Equal(t, want, got, list)
		rule.Match = &detect.Match{Not: rule.Match}
		assert.Len(t, alertsOf(t, &rule, threatlist.NewTable(lists, "first", "second", "third"), flows), map[bool]int{true: 1, false: 0}[want == ""], list)
	}
}
