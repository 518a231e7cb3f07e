// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Profile tells how the measures of all rules were distributed over their keys, so that thresholds can be chosen by
// what a network does. It counts the flows that were evaluated since the engine was made, without those that an
// allowlist removes.
type Profile struct {
	// From and To are the least and the greatest event time of the flows, in Unix seconds; both zero where there was none.
	From, To int64
	Flows    int64
	Rules    []RuleProfile
}

// MeasureKind says what the measure of a rule is, and with it what its threshold is.
type MeasureKind int

// The gauges.
const (
	// InWindow is the highest measure that a key had in any window. The threshold is what alerts.
	InWindow MeasureKind = iota
	// BeforeSuccess is the highest number of failures in the window before a success. The failures are what alerts.
	BeforeSuccess
	// InEpisode is the highest number of flows in an episode of a key. Each key alerts.
	InEpisode
	// AfterStart is how many seconds after the first flow of its scope a key was last new. What is beyond the
	// learning period alerts.
	AfterStart
)

// RuleProfile is that of one rule.
type RuleProfile struct {
	*Rule
	Settings    Settings
	MeasureKind MeasureKind
	// Keys had a measure. Approximate are those of them that were too many to be kept apart: they are counted with a measure that is
	// up to an eighth too low, and twice should they have come again.
	Keys, Approximate  int64
	P50, P90, P99, Max int64
	// Cap is the measure beyond which a window is not counted on; zero where it always is.
	Cap int64
	// Thresholds says how many keys would have alerted at other thresholds, in their order.
	Thresholds []ThresholdCount
	// Top are the keys with the highest measures.
	Top []TopKey
}

// ThresholdCount is a threshold, and the keys that would have alerted with it.
type ThresholdCount struct {
	Threshold int64
	Keys      int64
	// Current marks the threshold that is in force.
	Current bool
}

// TopKey is a key with its highest measure. What a rule does not tell keys apart by is zero or empty.
type TopKey struct {
	Scope               string
	Source, Destination netip.Addr
	Port                uint16
	Country             string
	Measure             int64
}

// surveyed is what an engine keeps for its survey.
type surveyed struct {
	from, to int64
	flows    int64
}

func (s *surveyed) count(t int64) {
	if s.flows == 0 {
		s.from, s.to = t, t
	}
	s.from, s.to = min(s.from, t), max(s.to, t)
	s.flows++
}

// Profile tells what the survey has found so far. It needs Config.Profile. It takes a moment for each million of keys.
func (e *Engine) Profile() Profile {
	s := Profile{From: e.surveyed.from, To: e.surveyed.to, Flows: e.surveyed.flows}
	for i := range e.running {
		if b := e.running[i].surveyor(); b.peaks != nil {
			s.Rules = append(s.Rules, b.told())
		}
	}
	return s
}

func (b *base) told() RuleProfile {
	d, top, keys, folded := b.peaks.distribution()
	s := RuleProfile{
		Rule: b.Rule, Settings: b.set, MeasureKind: b.gauge, Keys: keys, Approximate: folded,
		P50: d.percentile(50, keys), P90: d.percentile(90, keys), P99: d.percentile(99, keys), Max: d.percentile(100, keys),
	}
	if b.Unit != alert.Bytes && b.Unit != alert.Packets && (b.gauge == InWindow || b.gauge == BeforeSuccess) {
		s.Cap = int64(longest(b.threshold()))
	}
	if len(top) > 0 {
		s.Max = top[0].peak // exact, even if it was folded
	}
	for _, threshold := range b.ladder() {
		s.Thresholds = append(s.Thresholds, ThresholdCount{threshold, d.from(threshold + b.beyond), threshold == b.threshold()})
	}
	for _, r := range top {
		s.Top = append(s.Top, b.named(r))
	}
	return s
}

// threshold is what the rule's measure has to reach.
func (b *base) threshold() int64 {
	switch b.gauge {
	case BeforeSuccess:
		return b.set.Failures
	case AfterStart:
		return b.learning
	case InEpisode:
		return 1
	default:
		return b.set.Threshold
	}
}

const oneDay = int64(24 * time.Hour / time.Second)

// ladder are the thresholds to compare, in their order: from a tenth to ten times of the one in force.
func (b *base) ladder() []int64 {
	now := b.threshold()
	ladder := []int64{now}
	switch b.gauge {
	case InEpisode:
		return nil
	case AfterStart:
		for _, days := range []int64{0, 1, 2, 3, 5, 7, 14, 21, 30} {
			ladder = append(ladder, days*oneDay)
		}
	default:
		for _, tenths := range []int64{1, 2, 5, 20, 50, 100} {
			if now <= math.MaxInt64/tenths {
				ladder = append(ladder, max(1, now*tenths/10))
			}
		}
	}
	slices.Sort(ladder)
	return slices.Compact(ladder)
}

// named tells the parts of a key.
func (b *base) named(r ranked) TopKey {
	s := TopKey{Port: r.key.port, Country: r.key.country.String(), Measure: r.peak}
	if scope := b.engine.scopes.byID[r.key.scope]; scope != nil {
		s.Scope = clean(scope.name)
	}
	s.Source, s.Destination = named(r.key.src), named(r.key.dst)
	return s
}

func named(a [16]byte) netip.Addr {
	if a == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(a).Unmap()
}
