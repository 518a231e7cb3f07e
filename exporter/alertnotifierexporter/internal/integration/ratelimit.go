// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

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
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// limit bounds the notifications in each period, and remembers what it has held back.
type limit struct {
	RateLimit
	began time.Time
	taken int
	held  held
	dirty bool
}

// held is what has been held back and not been summed up.
type held struct {
	Alerts  int             `json:"alerts"`
	Worst   alert.Severity  `json:"worst"`
	Rules   map[string]int  `json:"rules"`
	Sources map[string]bool `json:"sources"`
	Since   time.Time       `json:"since"`
	// Told says that a summary has been told that has not been followed by its end.
	Told bool `json:"told"`
}

// maxSources is how many sources, and rules, are told apart. Of more sources it is said that there are more.
const maxSources = 1000

// heldKey is the name in the storage.
const heldKey = "held_back"

// take says whether one more notification may be sent.
func (l *limit) take(now time.Time) bool {
	if l.Notifications == 0 {
		return true
	}
	if now.Sub(l.began) >= l.Period {
		l.began, l.taken = now, 0
	}
	if l.taken >= l.Notifications {
		return false
	}
	l.taken++
	return true
}

// giveBack is for a notification that was not taken: that it is tried again must not hold it back.
func (l *limit) giveBack() { l.taken = max(0, l.taken-1) }

func (l *limit) hold(episodes []*episode) {
	if l.held.Alerts == 0 {
		l.held.Rules, l.held.Sources, l.held.Since = map[string]int{}, map[string]bool{}, l.began
	}
	for _, e := range episodes {
		l.held.Alerts++
		l.held.Worst = max(l.held.Worst, e.Alert.Severity)
		if _, known := l.held.Rules[e.Alert.Rule]; known || len(l.held.Rules) < maxSources {
			l.held.Rules[e.Alert.Rule]++
		}
		if source := addressText(keyOf(&e.Alert).address); len(l.held.Sources) < maxSources {
			l.held.Sources[source] = true
		}
	}
	l.dirty = true
}

// sumUp tells of what has been held back in a period that is over. That is an alert by itself, which ends with the first
// period in which nothing is held back.
func (m *messenger) sumUp(ctx context.Context) error {
	l := m.limit
	now := m.now()
	switch {
	case l.held.Alerts > 0:
		if err := m.notify(ctx, heldGroup, notify.ReasonFirstNotification, []*amalert.Alert{l.summary(time.Time{})}); err != nil {
			return err
		}
		l.held = held{Told: true, Since: l.held.Since}
		l.dirty = true
	case l.held.Told:
		if m.sendResolved {
			if err := m.notify(ctx, heldGroup, notify.ReasonAllAlertsResolved, []*amalert.Alert{l.summary(now)}); err != nil {
				return err
			}
		}
		l.held = held{}
		l.dirty = true
	}
	return nil
}

const heldTitle = "Alerts Held Back"

var heldGroup = groupKey{rule: heldKey, title: heldTitle}

func (l *limit) summary(ends time.Time) *amalert.Alert {
	text := "Alerts are no longer held back."
	if l.held.Alerts > 0 {
		text = fmt.Sprintf("%s of %s from %s were held back.",
			count(l.held.Alerts, "more alert", false), count(len(l.held.Rules), "rule", false),
			count(len(l.held.Sources), "source", len(l.held.Sources) == maxSources))
	}
	labels := model.LabelSet{model.AlertNameLabel: heldTitle, "rule": heldKey}
	put(labels, "severity", l.held.Worst.String())
	annotations := model.LabelSet{}
	put(annotations, "summary", text)
	put(annotations, "description", fmt.Sprintf("The limit is %s in %v (rate_limit).%s",
		count(l.Notifications, "notification", false), l.Period, l.byRule()))
	return &amalert.Alert{Alert: model.Alert{Labels: labels, Annotations: annotations, StartsAt: l.held.Since.UTC(), EndsAt: ends}}
}

// byRule lists the rules, that with the most alerts first.
func (l *limit) byRule() string {
	rules := slices.SortedFunc(maps.Keys(l.held.Rules), func(a, b string) int {
		return cmp.Or(cmp.Compare(l.held.Rules[b], l.held.Rules[a]), cmp.Compare(a, b))
	})
	for i, rule := range rules {
		rules[i] = fmt.Sprintf("%s: %d", rule, l.held.Rules[rule])
	}
	if len(rules) == 0 {
		return ""
	}
	return " Held back were " + strings.Join(rules, ", ") + "."
}

func count(n int, what string, orMore bool) string {
	if n != 1 {
		what += "s"
	}
	if orMore {
		what = "or more " + what
	}
	return fmt.Sprintf("%d %s", n, what)
}

func (l *limit) save(ctx context.Context, client storage.Client) error {
	if client == nil || !l.dirty {
		return nil
	}
	value, err := json.Marshal(l.held)
	if err != nil {
		return err
	}
	if err := client.Set(ctx, heldKey, value); err != nil {
		return err
	}
	l.dirty = false
	return nil
}

func (l *limit) load(ctx context.Context, client storage.Client) error {
	value, err := client.Get(ctx, heldKey)
	if err != nil || len(value) == 0 {
		return err
	}
	if err := json.Unmarshal(value, &l.held); err != nil {
		return fmt.Errorf("%s cannot be read: %w", heldKey, err)
	}
	return nil
}
