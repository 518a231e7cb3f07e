// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// messenger tells people, by one of Alertmanager's integrations. Somebody is told when an episode begins, when it has
// become more severe, when it goes on for long, and when it ends; and each time of all that lasts of its group.
type messenger struct {
	call
	name         string
	key          string // of the configuration, such as slack_configs[0]
	files        []setting
	sendResolved bool
	ledger       *ledger
	limit        *limit
	repeat       time.Duration
	silence      time.Duration // after which an episode is over
	external     string
	now          func() time.Time
	telemetry    *telemetry
}

// maxTogether is of how many episodes one notification tells at most. That of some destinations is bounded anyway.
const maxTogether = 100

func (m *messenger) start(ctx context.Context, _ component.Host) error {
	if err := readable(m.files); err != nil {
		return fmt.Errorf("%s: %w", m.key, err)
	}
	if m.ledger.client == nil {
		return nil
	}
	return m.limit.load(ctx, m.ledger.client)
}

// tell tells of one group after the other. When one is not to be told now, neither are those after it, which would have
// to wait for an answer each; next time that one is the last.
func (m *messenger) tell(ctx context.Context, alerts []*alert.Alert) (left []*alert.Alert, err error) {
	var refused []error
	groups := grouped(alerts)
	for i, g := range groups {
		err := m.tellGroup(ctx, g)
		switch {
		case err == nil:
		case consumererror.IsPermanent(err):
			refused = append(refused, err)
		default:
			for _, later := range groups[i+1:] {
				left = append(left, later.alerts...)
			}
			return append(left, g.alerts...), errors.Join(append([]error{err}, texts(refused)...)...)
		}
	}
	return nil, errors.Join(refused...)
}

// texts makes errors of which the kind does not matter any more.
func texts(refused []error) (plain []error) {
	for _, err := range refused {
		plain = append(plain, errors.New(err.Error()))
	}
	return plain
}

func (m *messenger) tellGroup(ctx context.Context, g *group) error {
	begun, ended := m.news(g.alerts)
	if err := m.tellBegun(ctx, g.key, begun); err != nil {
		return err
	}
	return m.tellEnded(ctx, g.key, ended)
}

// news returns the episodes of which a beginning or an end is to be told. Of the others it takes down what is new.
func (m *messenger) news(alerts []*alert.Alert) (begun, ended []*episode) {
	now := m.now()
	ends := map[string]*episode{}
	current := map[string]*episode{}
	var order []string
	for _, a := range alerts {
		e := cmp.Or(current[a.UID], m.ledger.episodes[a.UID])
		switch {
		case e == nil && a.Status == alert.Resolved, e != nil && e.Ended:
			continue // of which nobody has been told, or everybody
		case a.Status == alert.Resolved:
			ends[a.UID] = e.with(a, now)
			continue
		case e == nil:
			e = begin(a, now)
		default:
			e = e.with(a, now)
		}
		if current[a.UID] == nil {
			order = append(order, a.UID)
		}
		current[a.UID] = e
	}
	for _, uid := range order {
		e := current[uid]
		if e.ToldAt.IsZero() || e.Alert.Severity > e.Told || ends[uid] == nil && m.repeat > 0 && now.Sub(e.ToldAt) >= m.repeat {
			begun = append(begun, e)
		} else {
			m.ledger.put(uid, e)
		}
	}
	for _, e := range ends {
		ended = append(ended, e)
	}
	byGravity(begun)
	byGravity(ended)
	return begun, ended
}

func byGravity(episodes []*episode) {
	slices.SortStableFunc(episodes, func(a, b *episode) int {
		return cmp.Or(cmp.Compare(b.Alert.Severity, a.Alert.Severity), cmp.Compare(a.Alert.UID, b.Alert.UID))
	})
}

func (m *messenger) tellBegun(ctx context.Context, key groupKey, begun []*episode) error {
	if len(begun) == 0 {
		return nil
	}
	now := m.now()
	if !m.limit.take(now) {
		m.limit.hold(begun)
		m.telemetry.held.Add(ctx, int64(len(begun)), with("destination", m.name))
		return nil
	}
	reason := notify.ReasonNewAlertsInGroup
	others := m.others(key, begun)
	switch {
	case !begun[0].ToldAt.IsZero():
		reason = notify.ReasonRepeatIntervalElapsed
	case len(others) == 0:
		reason = notify.ReasonFirstNotification
	}
	var alerts []*amalert.Alert
	for _, e := range slices.Concat(begun, others) {
		alerts = append(alerts, e.model(e.Alert.Severity, time.Time{}, m.external))
	}
	if err := m.notify(ctx, key, reason, alerts); err != nil {
		m.limit.giveBack()
		return err
	}
	for _, e := range begun {
		m.ledger.put(e.Alert.UID, e.told(now))
	}
	return nil
}

// tellEnded tells of the end of what has been told. It is not held back: what is told opens incidents, and only an end
// closes them.
func (m *messenger) tellEnded(ctx context.Context, key groupKey, ended []*episode) error {
	ended = slices.DeleteFunc(ended, func(e *episode) bool {
		was := m.ledger.episodes[e.Alert.UID]
		return was == nil || was.Ended // its beginning was held back or refused
	})
	if len(ended) == 0 {
		return nil
	}
	now := m.now()
	others := m.others(key, ended)
	if m.sendResolved {
		var alerts []*amalert.Alert
		for _, e := range ended {
			alerts = append(alerts, e.model(e.Alert.Severity, endOf(e, now), m.external))
		}
		for _, e := range others {
			alerts = append(alerts, e.model(e.Alert.Severity, time.Time{}, m.external))
		}
		reason := notify.ReasonNewResolvedAlerts
		if len(others) == 0 {
			reason = notify.ReasonAllAlertsResolved
		}
		if err := m.notify(ctx, key, reason, alerts); err != nil {
			return err
		}
	}
	for _, e := range ended {
		m.ledger.put(e.Alert.UID, over(now))
	}
	return nil
}

// tick tells that what has been silent for too long is over, and of what has been held back.
func (m *messenger) tick(ctx context.Context) error {
	silent := map[groupKey][]*episode{}
	for _, e := range m.ledger.silent(m.now(), m.silence) {
		silent[keyOf(&e.Alert)] = append(silent[keyOf(&e.Alert)], e)
	}
	for key, episodes := range silent {
		if err := m.tellEnded(ctx, key, episodes); err != nil {
			return err
		}
	}
	return m.sumUp(ctx)
}

// endOf is when an episode ended, which is not in the future.
func endOf(e *episode, now time.Time) time.Time {
	if ends := time.Unix(e.Alert.Time, 0).UTC(); ends.Before(now) {
		return ends
	}
	return now
}

// others are the episodes of the group that last, besides those given.
func (m *messenger) others(key groupKey, besides []*episode) []*episode {
	given := map[string]bool{}
	for _, e := range besides {
		given[e.Alert.UID] = true
	}
	others := m.ledger.open(func(e *episode) bool { return keyOf(&e.Alert) == key && !given[e.Alert.UID] })
	return others[:min(len(others), max(1, maxTogether-len(besides)))]
}

// notify has the integration tell of the alerts.
func (m *messenger) notify(ctx context.Context, key groupKey, reason notify.NotifyReason, alerts []*amalert.Alert) error {
	ctx = notify.WithReceiverName(ctx, receiverName)
	ctx = notify.WithGroupKey(ctx, key.String())
	ctx = notify.WithGroupLabels(ctx, key.labels())
	ctx = notify.WithNotificationReason(ctx, reason)
	ctx = notify.WithRepeatInterval(ctx, m.repeat)
	ctx = notify.WithNow(ctx, m.now())
	return m.attempt(ctx, alerts)
}

// save writes what has been told and what has been held back.
func (m *messenger) save(ctx context.Context) error {
	return errors.Join(m.ledger.save(ctx), m.limit.save(ctx, m.ledger.client))
}
