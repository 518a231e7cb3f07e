// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

const (
	inside   = "internal_to_internal"
	inbound  = "external_to_internal"
	outbound = "internal_to_external"
)

// customForm is a custom rule without the settings that it shares with a built-in one.
type customForm struct {
	kind  detect.Kind
	match detect.Match
	then  detect.Match
	key   []detect.Part
	count []detect.Part
	sum   string
	over  bool
}

// expressible are the built-in rules as custom rules. suspicious_destination is not among them, because its severity depends
// on the action.
var expressible = map[string]customForm{
	"rejected_internal_scan": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inside), Action: texts("reject")}, key: parts("source"),
		count: parts("destination", "port", "protocol"),
	},
	"external_port_scan": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inbound), Protocol: tcpOrUDP}, key: parts("source"), count: parts("port"),
	},
	"internal_port_scan": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inside), Protocol: tcpOrUDP}, key: parts("source"), count: parts("port"),
	},
	"remote_service_brute_force": {
		kind: detect.Sequence, match: detect.Match{Class: texts(inside, inbound), Action: texts("reject"), Protocol: tcpOrUDP},
		then: detect.Match{Class: texts(inside, inbound), Action: texts("accept"), Protocol: tcpOrUDP}, key: parts("source"),
		count: parts("destination", "port", "source_port"),
	},
	"malicious_remote_access": {
		kind: detect.Each, match: detect.Match{Class: texts(inbound), Action: texts("accept"), Protocol: tcpOrUDP, SourceList: texts("any")},
		key: parts("source", "destination", "port"),
	},
	"dns_not_over_udp": {
		kind: detect.Each, match: detect.Match{
			Class: texts(inside, outbound), Port: []detect.PortRange{{First: 53, Last: 53}}, Not: &detect.Match{Protocol: []detect.Protocol{17}},
		},
		key: parts("source", "destination"),
	},
	"new_internal_peer": {
		kind: detect.FirstSeen, match: detect.Match{Class: texts(inside), Action: texts("accept"), Protocol: tcpOrUDP},
		key: parts("source", "destination"),
	},
	"excessive_inbound_icmp": {
		kind: detect.Sum, match: detect.Match{Class: texts(inbound), Role: texts("any"), Protocol: []detect.Protocol{1, 58}},
		key: parts("source"), sum: "packets",
	},
	"remote_service_rejects": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inside, inbound), Action: texts("reject"), Protocol: tcpOrUDP},
		key: parts("source"), count: parts("destination", "port", "source_port"),
	},
	"unusual_country": {
		kind: detect.FirstSeen, match: detect.Match{Class: texts(outbound), Action: texts("accept")}, key: parts("country"),
	},
	"large_outbound_transfer": {
		kind: detect.Sum, match: detect.Match{Class: texts(outbound), Role: texts("request", "unknown"), Action: texts("accept")},
		key: parts("source", "destination"), sum: "bytes", over: true,
	},
	"external_reject_sweep": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inbound), Action: texts("reject")}, key: parts("source"),
		count: parts("destination"),
	},
	"internal_reject_sweep": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inside), Action: texts("reject")}, key: parts("source"),
		count: parts("destination"),
	},
	"outbound_scan": {
		kind: detect.Distinct, match: detect.Match{Class: texts(outbound), Outcome: texts("failed")}, key: parts("source"),
		count: parts("destination", "port"),
	},
	"internal_sweep": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inside), Outcome: texts("failed"), Action: texts("accept")},
		key: parts("source", "port"), count: parts("destination"),
	},
	"failed_callbacks": {
		kind: detect.Distinct, match: detect.Match{Class: texts(outbound), Outcome: texts("failed")},
		key: parts("source", "destination", "port"), count: parts("source_port"),
	},
	"external_sweep": {
		kind: detect.Distinct, match: detect.Match{Class: texts(inbound), Action: texts("accept"), Protocol: tcpOrUDP},
		key: parts("source", "port"), count: parts("destination"),
	},
}

var tcpOrUDP = []detect.Protocol{6, 17}

func texts(list ...string) []string { return list }

func parts(list ...detect.Part) []detect.Part { return list }

// customized returns the configuration with custom rules in place of the built-in ones. Those that cannot be expressed are
// disabled in both configurations.
func customized(cfg detect.Config) (builtIn, custom detect.Config) {
	builtIn, custom = cfg, cfg
	builtIn.Rules, custom.Rules = map[string]detect.Settings{}, map[string]detect.Settings{}
	builtIn.CustomRules, custom.CustomRules = nil, nil
	custom.Ignore = renamed(cfg.Ignore)
	for _, rule := range detect.Rules {
		set := cfg.Rules[rule.ID]
		set.IncludeInternal = false
		as, ok := expressible[rule.ID]
		set.Enabled = set.Enabled && ok
		builtIn.Rules[rule.ID] = set
		if set.Enabled {
			custom.CustomRules = append(custom.CustomRules, as.rule(rule, set))
		}
		set.Enabled = false
		set.Ignore = nil
		custom.Rules[rule.ID] = set
	}
	return builtIn, custom
}

// rule returns the custom rule with the settings of the built-in one.
func (as customForm) rule(rule *detect.Rule, set detect.Settings) detect.CustomRule {
	c := detect.DefaultCustomRule(as.kind)
	c.ID, c.Key, c.Count, c.Sum, c.Over = "custom_"+rule.ID, as.key, as.count, as.sum, as.over
	match, then := as.match, as.then
	if len(set.Ports) > 0 {
		match.Port = nil
		for _, port := range set.Ports {
			match.Port = append(match.Port, detect.PortRange{First: uint16(port), Last: uint16(port)})
		}
		then.Port = match.Port
	}
	if set.IncludeReplies {
		match.Role = texts("any")
	}
	if set.GroupBy == detect.BySourceDestination {
		c.Key = parts("source", "destination")
	}
	if as.kind == detect.Sequence {
		c.First, c.Then = &match, &then
	} else {
		c.Match = &match
	}
	if set.Severity == 0 {
		set.Severity = rule.Severity
	}
	set.Ignore = renamed(set.Ignore)
	set.Ports, set.GroupBy, set.IncludeReplies = nil, "", false
	c.Settings = set
	return c
}

// renamed returns entries that name the custom rules.
func renamed(entries []detect.Ignore) []detect.Ignore {
	list := slices.Clone(entries)
	for i := range list {
		var ids []string
		for _, id := range list[i].Rule {
			if _, ok := expressible[id]; ok {
				id = "custom_" + id
			}
			ids = append(ids, id)
		}
		list[i].Rule = ids
	}
	return list
}

// withoutTexts returns the alerts without their ids and texts.
func withoutTexts(emitted [][]*alert.Alert) (list []string) {
	for i, alerts := range emitted {
		for _, a := range alerts {
			c := *a
			c.UID, c.Body, c.Title, c.Category, c.Ruleset, c.RulesetVersion, c.Impact, c.Mitigation = "", "", "", "", "", "", "", ""
			c.Tactic, c.Technique, c.RelatedTechniques = alert.Tactic{}, alert.Technique{}, nil
			c.Rule = strings.TrimPrefix(c.Rule, "custom_")
			list = append(list, fmt.Sprintf("%d: %+v", i, c))
		}
	}
	return list
}

func TestBuiltInRulesAsCustomRulesGiveTheSameAlerts(t *testing.T) {
	total := 0
	for seed := range uint64(50) {
		c := newCase(seed)
		for id, set := range c.cfg.Rules { // an own severity of a custom rule gives way to that of a threat list
			set.Severity = 0
			c.cfg.Rules[id] = set
		}
		builtIn, custom := customized(c.cfg)
		want := withoutTexts(runEngine(t, builtIn, c.threats, c.countries, c.flows))
		total += len(want)
		require.Equal(t, want, withoutTexts(runEngine(t, custom, c.threats, c.countries, c.flows)), "seed %d", seed)
	}
	require.Greater(t, total, 1000)
}

func TestBuiltInRulesAsCustomRulesGiveTheSameAlertsOnTheDemo(t *testing.T) {
	flows := demoFlows(t)
	now := flows[len(flows)-1].Time + 86400
	threats, _, err := threatlist.ReadFile("../../testdata/demo/threats.txt")
	require.NoError(t, err)
	builtIn, custom := customized(detect.DefaultConfig())
	want := runEngineAt(t, now, builtIn, threats, network.BuiltIn(), flows)
	seen := map[string]bool{}
	for _, alerts := range want {
		for _, a := range alerts {
			seen[a.Rule] = true
		}
	}
	require.Len(t, seen, len(expressible), "each rule fires")
	require.Equal(t, withoutTexts(want), withoutTexts(runEngineAt(t, now, custom, threats, network.BuiltIn(), flows)))
}

// demoFlows reads the flows of the demo.
func demoFlows(t *testing.T) (flows []flow.Flow) {
	t.Helper()
	require.NoError(t, filepath.WalkDir("../../testdata/demo/AWSLogs", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		text, err := gzip.NewReader(file)
		if err != nil {
			return err
		}
		content, err := io.ReadAll(text)
		flows = append(flows, parseFlows(string(content))...)
		return err
	}))
	return flows
}
