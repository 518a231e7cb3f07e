// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"
	"time"
)

// Config is the configuration of an engine. Its keys are those of the processor's configuration.
type Config struct {
	// Scope is the group of flows within which addresses are compared: account (the default), vpc, or global. Two VPCs may use the same
	// private addresses, and nothing is compared across scopes.
	Scope Scope `mapstructure:"scope"`
	// InternalNetworks are the networks whose addresses are internal. The default is the private, shared and link-local
	// ranges. A given list replaces the default, so include them when you add public ranges that you own.
	InternalNetworks []netip.Prefix `mapstructure:"internal_networks"`
	// ServicePorts are the ports above 1023 on which servers listen. They separate requests from replies if the TCP
	// flags do not. A given list replaces the default.
	ServicePorts []int `mapstructure:"service_ports"`
	// EvaluateHops also evaluates the records of NAT gateways and transit gateways, and the traffic between a gateway's own
	// address and the Internet. The default is false.
	EvaluateHops bool `mapstructure:"evaluate_hops"`
	// MaxFuture is how far the time of a flow may be ahead of the collector's clock. Later flows are skipped. One interface
	// may be as far ahead of the others without making their flows late. Zero allows none.
	MaxFuture time.Duration `mapstructure:"max_future"`
	// AllowedLateness is how far the time of a flow may be behind the newest time that two interfaces of its scope have
	// reached, and still count in windows. That time is at most MaxFuture behind the greatest time of the scope. With zero,
	// every flow behind it is late.
	AllowedLateness time.Duration `mapstructure:"allowed_lateness"`
	// AnswerGrace is how long after an attempt, in event time, an answer may still arrive. Then the attempt is judged. The
	// default is 30 minutes; it must be at least 2.
	AnswerGrace time.Duration `mapstructure:"answer_grace"`
	// MaxAttempts bounds the attempts that wait to be judged, and the answers to attempts. Beyond it, the earliest are evicted.
	// It must be at least 1.
	MaxAttempts int `mapstructure:"max_attempts"`
	// RepeatInterval is the event time after which an ongoing episode is reported again.
	RepeatInterval time.Duration `mapstructure:"repeat_interval"`
	// EmitResolved emits an alert with the status resolved at the end of each episode. The default is true.
	EmitResolved bool `mapstructure:"emit_resolved"`
	// MaxHosts bounds the number of internal addresses in the inventory, which maps addresses to machines. The least
	// recently seen are evicted. It must be at least 1.
	MaxHosts int `mapstructure:"max_hosts"`
	// MaxStateMiB bounds the memory of all state, in MiB. The rules that exceed their shares the most evict the least recently
	// touched keys. For an engine, zero means no bound. For the processor, it means a quarter of the memory of the machine or
	// the container, at least 256.
	MaxStateMiB int `mapstructure:"max_state_mib"`
	// Shards is the number of parts of the state, by source address, that are evaluated concurrently. It changes no alert.
	// Each part has its share of max_keys. For an engine, zero is the same as 1. For the processor, it means the number of
	// usable cores.
	Shards int `mapstructure:"shards"`
	// Mitre says which ids of MITRE ATT&CK alerts have: seed (the default), under which this set of rules is usually filed,
	// or attack, which fit best in the public matrix.
	Mitre Mitre `mapstructure:"mitre"`
	// Ignore removes flows from all rules.
	Ignore []Ignore `mapstructure:"ignore"`
	// CustomRules are further rules. They evaluate each flow after the built-in ones, in this order.
	CustomRules []CustomRule `mapstructure:"custom_rules"`
	// Profile enables [Engine.Profile].
	Profile bool `mapstructure:"-"`
	// Rules holds the settings of each rule by its id.
	Rules map[string]Settings `mapstructure:"rules"`
}

// settings returns the settings of a rule.
func (c *Config) settings(rule *Rule) Settings {
	if set, configured := c.Rules[rule.ID]; configured {
		return set
	}
	return rule.defaults()
}

// rules returns all rules in the order in which they evaluate a flow.
func (c *Config) rules() []*Rule {
	all := slices.Clone(Rules)
	for i := range c.CustomRules {
		all = append(all, c.CustomRules[i].rule())
	}
	return all
}

// Scope is the group of flows within which addresses are compared.
type Scope string

// The scopes. ByVPC uses the account if a record has no vpc-id.
const (
	ByAccount Scope = "account"
	ByVPC     Scope = "vpc"
	Global    Scope = "global"
)
