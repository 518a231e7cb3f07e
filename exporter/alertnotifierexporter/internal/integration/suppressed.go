// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// suppressed counts the alerts that the rate limit has suppressed since the last summary. It is stored as JSON.
type suppressed struct {
	Alerts          int             `json:"alerts"`
	HighestSeverity alert.Severity  `json:"highest_severity"`
	Rules           map[string]int  `json:"rules"`
	Sources         map[string]bool `json:"sources"`
	Since           time.Time       `json:"since"`
	// SummaryOpen is true while the alert of the last summary has not been resolved.
	SummaryOpen bool `json:"summary_open"`

	dirty bool // changed since the last save
}

const (
	// maxCounted bounds the rules and the sources that are counted separately.
	maxCounted = 1000
	// suppressedKey is the key in the storage.
	suppressedKey = "suppressed"

	summaryTitle = "Alerts Suppressed by the Rate Limit"
	summaryRule  = "alerts_suppressed"
)

var summaryGroup = groupKey{rule: summaryRule, title: summaryTitle}

// add counts the newest alert of each episode. The first alert after a reset sets Since to periodStart.
func (s *suppressed) add(episodes []*episode.Episode, periodStart time.Time) {
	if s.Alerts == 0 {
		s.Rules, s.Sources, s.Since = map[string]int{}, map[string]bool{}, periodStart
	}
	for _, e := range episodes {
		s.Alerts++
		s.HighestSeverity = max(s.HighestSeverity, e.Alert.Severity)
		if _, known := s.Rules[e.Alert.Rule]; known || len(s.Rules) < maxCounted {
			s.Rules[e.Alert.Rule]++
		}
		if len(s.Sources) < maxCounted {
			s.Sources[keyOf(&e.Alert).addressText()] = true
		}
	}
	s.dirty = true
}

// reset starts to count again after a summary.
func (s *suppressed) reset(summaryOpen bool) {
	next := suppressed{SummaryOpen: summaryOpen, dirty: true}
	if summaryOpen {
		next.Since = s.Since
	}
	*s = next
}

// summary returns the alert that summarizes the suppressed alerts. A zero endsAt means that it is open.
func (s *suppressed) summary(limit RateLimit, endsAt time.Time) *amalert.Alert {
	text := "No more alerts are suppressed by the rate limit."
	if s.Alerts > 0 {
		sources := humanize.Count(len(s.Sources), "source", "sources")
		if len(s.Sources) == maxCounted {
			sources = "at least " + sources
		}
		text = fmt.Sprintf("%s (%s, %s) suppressed by the rate limit.",
			humanize.Count(s.Alerts, "more alert", "more alerts"), humanize.Count(len(s.Rules), "rule", "rules"), sources)
	}
	description := fmt.Sprintf("The rate limit is %s per %s (rate_limit).",
		humanize.Count(limit.Notifications, "notification", "notifications"), humanize.Duration(limit.Period))
	if len(s.Rules) > 0 {
		description += " Suppressed: " + s.byRule() + "."
	}
	labels := model.LabelSet{model.AlertNameLabel: summaryTitle, "rule": summaryRule}
	if s.HighestSeverity != 0 {
		labels["severity"] = model.LabelValue(s.HighestSeverity.String())
	}
	annotations := model.LabelSet{"summary": model.LabelValue(text), "description": model.LabelValue(description)}
	return &amalert.Alert{Alert: model.Alert{Labels: labels, Annotations: annotations, StartsAt: s.Since.UTC(), EndsAt: endsAt}}
}

// byRule lists the number of alerts of each rule, the most frequent rule first.
func (s *suppressed) byRule() string {
	rules := slices.SortedFunc(maps.Keys(s.Rules), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Rules[b], s.Rules[a]), cmp.Compare(a, b))
	})
	for i, rule := range rules {
		rules[i] = fmt.Sprintf("%s: %d", rule, s.Rules[rule])
	}
	return strings.Join(rules, ", ")
}

func (s *suppressed) save(ctx context.Context, client storage.Client) error {
	if client == nil || !s.dirty {
		return nil
	}
	value, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode %s: %w", suppressedKey, err)
	}
	if err := client.Set(ctx, suppressedKey, value); err != nil {
		return fmt.Errorf("save %s: %w", suppressedKey, err)
	}
	s.dirty = false
	return nil
}

func (s *suppressed) load(ctx context.Context, client storage.Client) error {
	if client == nil {
		return nil
	}
	value, err := client.Get(ctx, suppressedKey)
	if err != nil {
		return fmt.Errorf("read %s: %w", suppressedKey, err)
	}
	if len(value) == 0 {
		return nil
	}
	if err := json.Unmarshal(value, s); err != nil {
		return fmt.Errorf("decode %s: %w", suppressedKey, err)
	}
	return nil
}
