// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/profile"
)

// Profile is the threshold profile of an engine: how the measures of all rules are distributed over their keys. It
// helps to choose thresholds for a network. It covers the flows since the start of the engine, without ignored flows.
type Profile struct {
	// From and To are the least and the greatest event time, in Unix seconds. Both are zero without flows.
	From, To int64
	Flows    int64
	Rules    []RuleProfile
}

// RuleProfile is the threshold profile of one rule.
type RuleProfile struct {
	*Rule
	Settings    Settings
	MeasureKind MeasureKind
	// Keys is the number of keys with a measure. Approximate is the number of evicted keys, whose measure may be up to
	// one eighth too low. An evicted key counts again when it comes back.
	Keys, Approximate int64
	// P50, P90 and P99 are percentiles of the measures. Max is the highest measure.
	P50, P90, P99, Max int64
	// Cap is the greatest measure that the rule can count. A measure that equals Cap may be too low. Zero means no
	// limit.
	Cap int64
	// Thresholds says how many keys would have alerted at other thresholds, lowest threshold first.
	Thresholds []ThresholdCount
	// Top lists the keys with the highest measures, highest first.
	Top []TopKey
}

// ThresholdCount is a threshold with the number of keys that would have alerted.
type ThresholdCount struct {
	Threshold int64
	Keys      int64
	// Current marks the threshold of the configuration.
	Current bool
}

// TopKey is a key with its highest measure. Parts that are not in the rule's keys are zero or empty.
type TopKey struct {
	Scope               string
	Source, Destination netip.Addr
	Port, SourcePort    uint16
	Protocol            string
	Country             string
	Interface, VPC      string
	Measure             int64
}

// Profile returns the threshold profile so far. Without Config.Profile it is empty. It takes about a second for each
// million keys.
func (e *Engine) Profile() Profile {
	p := Profile{From: e.profiled.from, To: e.profiled.to, Flows: e.profiled.flows}
	if !e.config.Profile {
		return p
	}
	for _, r := range e.running {
		var recorders []*profile.Recorder
		for _, part := range r.parts {
			recorders = append(recorders, part.common().recorder)
		}
		p.Rules = append(p.Rules, profileOf(r.parts[0].common(), profile.Summarize(recorders...), e.scopes))
	}
	return p
}

func profileOf(b *base, s profile.Summary, known *scopes) RuleProfile {
	p := RuleProfile{
		Rule: b.Rule, Settings: b.set, MeasureKind: b.measures, Keys: s.Keys, Approximate: s.Approximate,
		P50: s.Percentile(50), P90: s.Percentile(90), P99: s.Percentile(99), Max: s.Percentile(100),
	}
	if b.kind != AlertStages && b.Unit != alert.Bytes && b.Unit != alert.Packets && (b.measures == InWindow || b.measures == BeforeSuccess) {
		p.Cap = int64(timelineLimit(threshold(b)))
	}
	if len(s.Top) > 0 {
		p.Max = s.Top[0].Measure // exact, even if the key was evicted
	}
	for _, other := range thresholds(b) {
		p.Thresholds = append(p.Thresholds, ThresholdCount{other, s.KeysFrom(other + b.beyond), other == threshold(b)})
	}
	for _, ranked := range s.Top {
		p.Top = append(p.Top, b.topKey(ranked, known))
	}
	return p
}

// threshold returns the setting with which the measure of the rule is compared.
func threshold(b *base) int64 {
	switch b.measures {
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

// thresholds returns the thresholds to compare, lowest first: from a tenth to ten times the current one, or different
// learning periods.
func thresholds(b *base) []int64 {
	current := threshold(b)
	list := []int64{current}
	switch {
	case b.measures == InEpisode:
		return nil
	case b.kind == AlertStages:
		for stages := int64(2); stages <= int64(numStages); stages++ {
			list = append(list, stages)
		}
	case b.measures == AfterStart:
		for _, days := range []int64{0, 1, 2, 3, 5, 7, 14, 21, 30} {
			list = append(list, days*oneDay)
		}
	default:
		for _, tenths := range []int64{1, 2, 5, 20, 50, 100} {
			if current <= math.MaxInt64/tenths {
				list = append(list, max(1, current*tenths/10))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (b *base) topKey(r profile.Ranked, known *scopes) TopKey {
	k := TopKey{Port: r.Key.Port, SourcePort: r.Key.SrcPort, Country: country(r.Key.Country).String(), Measure: r.Measure}
	if b.group.has(hasProtocol) {
		k.Protocol = protocolName(r.Key.Protocol)
	}
	if scope := known.byID[r.Key.Scope]; scope != nil {
		k.Scope = names.Clean(scope.name)
	}
	k.Source = addressOf(r.Key.Src)
	if b.group.has(hasInterface | hasVPC) {
		hashed := b.shared.hashed[r.Key.Dst]
		k.Destination, k.Interface, k.VPC = hashed.destination, hashed.eni, hashed.vpc
	} else {
		k.Destination = addressOf(r.Key.Dst)
	}
	return k
}

// maxHashed bounds the hashed parts of keys that are kept for the threshold profile.
const maxHashed = 100_000

// hashedParts are the parts of a key in the place of its destination.
type hashedParts struct {
	destination netip.Addr
	eni, vpc    string
}

// noteHashed notes the hashed parts of a key for the threshold profile.
func (s *shared) noteHashed(hash [16]byte, ev *Event, set partSet) {
	if _, known := s.hashed[hash]; s.hashed == nil || known || len(s.hashed) >= maxHashed {
		return
	}
	var parts hashedParts
	if set&hasDestination != 0 {
		parts.destination = ev.Dst
	}
	if set&hasInterface != 0 {
		parts.eni = names.Clean(ev.Interface)
	}
	if set&hasVPC != 0 {
		parts.vpc = names.Clean(ev.VPC)
	}
	s.hashed[hash] = parts
}

func addressOf(a [16]byte) netip.Addr {
	if a == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(a).Unmap()
}
