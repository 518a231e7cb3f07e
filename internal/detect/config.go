// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Config is what a user may tune. Its keys are those of the processor's configuration.
type Config struct {
	// Scope is what addresses are compared within: account (the default), vpc, or global. Two VPCs may use the
	// same private addresses, and nothing is ever compared across scopes.
	Scope Scope `mapstructure:"scope"`
	// InternalNetworks are the networks whose addresses are one's own: by default the private and link-local
	// ranges. Public ranges one owns belong here too. A given list replaces the default.
	InternalNetworks []netip.Prefix `mapstructure:"internal_networks"`
	// ServicePorts are the ports above 1023 on which servers listen, by which requests are told from replies where
	// TCP flags do not tell. A given list replaces the default.
	ServicePorts []int `mapstructure:"service_ports"`
	// EvaluateHops makes records of NAT and transit gateways count too. By default only the endpoints' own do.
	EvaluateHops bool `mapstructure:"evaluate_hops"`
	// MaxFuture is how far ahead of the collector's clock a flow's time may lie; beyond it the flow is skipped.
	// Zero allows no time ahead of the clock.
	MaxFuture time.Duration `mapstructure:"max_future"`
	// AllowedLateness is how far a flow's time may lie behind the greatest time of its scope and still count in
	// windows. Zero makes every flow late that is not in order.
	AllowedLateness time.Duration `mapstructure:"allowed_lateness"`
	// RepeatInterval is after how much event time an episode that goes on is reported again.
	RepeatInterval time.Duration `mapstructure:"repeat_interval"`
	// EmitResolved makes each episode that has come to its end say so by an alert of status resolved.
	EmitResolved bool `mapstructure:"emit_resolved"`
	// Ignore removes flows from all rules.
	Ignore []Ignore `mapstructure:"ignore"`
	// Profile has the engine keep what Engine.Profile tells.
	Profile bool `mapstructure:"-"`
	// Rules holds the settings of each rule by the rule's id.
	Rules map[string]Settings `mapstructure:"rules"`
}

// Scope is what addresses are compared within.
type Scope string

// The scopes. ByVPC falls back to the account where a record has no vpc-id.
const (
	ByAccount Scope = "account"
	ByVPC     Scope = "vpc"
	Global    Scope = "global"
)

// Settings are the tunables of one rule. A rule takes Enabled, Severity, MaxKeys, Ignore and those that its Keys name.
type Settings struct {
	// Enabled runs the rule. True by default.
	Enabled bool `mapstructure:"enabled"`
	// Severity is the one of all the rule's alerts: low, medium, high or critical. Empty leaves it to the rule.
	Severity alert.Severity `mapstructure:"severity"`
	// MaxKeys bounds how many keys the rule remembers; beyond it the least recently touched one is forgotten.
	MaxKeys int `mapstructure:"max_keys"`
	// Ignore removes flows from this rule.
	Ignore []Ignore `mapstructure:"ignore"`

	// Threshold is the measure within Window at which the rule fires.
	Threshold int64 `mapstructure:"threshold"`
	// Failures is how many failed attempts within Window before a success make the rule fire.
	Failures int64 `mapstructure:"failures"`
	// Window is the length of the sliding window, in whole seconds.
	Window time.Duration `mapstructure:"window"`
	// QuietPeriod is how long the condition must not have held for its next time to be a new episode.
	QuietPeriod time.Duration `mapstructure:"quiet_period"`
	// Retention is how long what was seen is known.
	Retention time.Duration `mapstructure:"retention"`
	// LearningPeriod is how long after a scope's first flow new things are learned without an alert. Zero alerts at once.
	LearningPeriod time.Duration `mapstructure:"learning_period"`
	// Ports are the destination ports of remote services.
	Ports []int `mapstructure:"ports"`
	// GroupBy is what distinct ports are counted for: source, or source_destination.
	GroupBy GroupBy `mapstructure:"group_by"`
	// IncludeInternal counts traffic between internal addresses too.
	IncludeInternal bool `mapstructure:"include_internal"`
	// IncludeReplies counts replies too.
	IncludeReplies bool `mapstructure:"include_replies"`
}

// GroupBy is what the distinct ports of a port scan are counted for.
type GroupBy string

// The groupings of port scans.
const (
	BySource            GroupBy = "source"
	BySourceDestination GroupBy = "source_destination"
)

// DefaultConfig returns the configuration that an empty one means.
func DefaultConfig() Config {
	cfg := Config{
		Scope:            ByAccount,
		InternalNetworks: slices.Clone(network.DefaultInternal),
		ServicePorts:     slices.Clone(defaultServices),
		MaxFuture:        10 * time.Minute,
		AllowedLateness:  30 * time.Minute,
		RepeatInterval:   24 * time.Hour,
		Rules:            map[string]Settings{},
	}
	for _, rule := range Rules {
		cfg.Rules[rule.ID] = rule.defaults()
	}
	return cfg
}
