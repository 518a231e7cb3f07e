// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Settings are the settings of one rule. All rules have Enabled, Severity, MaxKeys, Ignore and DryRun. [Rule.Keys] names the
// others that a rule has.
type Settings struct {
	// Enabled turns the rule on. The default is true, unless the rule is off by default.
	Enabled bool `mapstructure:"enabled"`
	// Severity is the severity of all alerts of the rule: low, medium, high or critical. Empty means the rule's own.
	Severity alert.Severity `mapstructure:"severity"`
	// MaxKeys bounds the number of keys of the rule. Beyond it, the least recently touched key is evicted.
	MaxKeys int `mapstructure:"max_keys"`
	// Ignore removes flows from this rule.
	Ignore []Ignore `mapstructure:"ignore"`
	// DryRun marks all alerts of the rule as dry run, so that nobody is notified. The rule itself works as always.
	DryRun bool `mapstructure:"dry_run"`

	// Threshold is the measure within Window at which the rule alerts.
	Threshold int64 `mapstructure:"threshold"`
	// Failures is the number of failed attempts within Window before a success at which the rule alerts.
	Failures int64 `mapstructure:"failures"`
	// Stages is the number of different stages of an attack within Window at which the rule alerts, from 2 to 5.
	Stages int `mapstructure:"stages"`
	// Window is the length of the sliding window, in whole seconds.
	Window time.Duration `mapstructure:"window"`
	// QuietPeriod is how long the condition must be false before an episode ends. When it holds again, a new episode
	// opens.
	QuietPeriod time.Duration `mapstructure:"quiet_period"`
	// Retention is how long a key stays known after it was last seen.
	Retention time.Duration `mapstructure:"retention"`
	// LearningPeriod is how long after the first flow of a scope new keys are learned without an alert. Zero means that
	// the rule alerts from the start.
	LearningPeriod time.Duration `mapstructure:"learning_period"`
	// Ports are the destination ports of remote services. Of new_exposed_service, they are the source ports whose alerts have
	// the severity medium.
	Ports []int `mapstructure:"ports"`
	// Silence is how long a scope or VPC must send no record of any kind before the rule alerts, at least 10 minutes.
	Silence time.Duration `mapstructure:"silence"`
	// GroupBy says whether to count ports per source, or per source and destination.
	GroupBy GroupBy `mapstructure:"group_by"`
	// IncludeInternal also counts traffic between internal addresses.
	IncludeInternal bool `mapstructure:"include_internal"`
	// AnsweredBelow is the share of packets that come back below which traffic is a flood, more than 0 and at most 1.
	AnsweredBelow float64 `mapstructure:"answered_below"`
	// IncludeReplies also counts replies.
	IncludeReplies bool `mapstructure:"include_replies"`
}

// GroupBy is the key for which a port scan counts ports.
type GroupBy string

// The keys of port scans.
const (
	BySource            GroupBy = "source"
	BySourceDestination GroupBy = "source_destination"
)

// seconds converts a setting to whole seconds, the unit of event time.
func seconds(d time.Duration) int64 { return int64(d / time.Second) }
