// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package integration notifies people through one of Prometheus Alertmanager's integrations, such as Slack.
package integration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/receiverconfig"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Integration sends a notification when an episode begins, becomes more severe, is still open after the repeat interval,
// and ends. A notification lists all open episodes of its group, up to a limit. It is not safe for concurrent use.
type Integration struct {
	// Sender sends the notifications.
	Sender
	// Key is the YAML key of the integration, such as slack_configs[0].
	Key string
	// Files are the settings that name files. Start checks that they can be read.
	Files []receiverconfig.Setting
	// SendResolved is true if the end of an episode is notified.
	SendResolved bool
	// Log records the notified episodes.
	Log *notificationlog.Log
	// RateLimit bounds the notifications per period, except notifications of the end of an episode.
	RateLimit RateLimit
	// RepeatInterval is the time after which an update of an open episode is notified again. Zero means never.
	RepeatInterval time.Duration
	// EpisodeTimeout is the time without alerts after which an episode has ended. Zero means never.
	EpisodeTimeout time.Duration
	// ExternalURL is the base of links to the dashboard. It may be empty.
	ExternalURL string
	// UpdatesMessages is true if a notification updates the message of an earlier one about the same episode.
	UpdatesMessages bool
	// Now returns the time.
	Now func() time.Time
	// CountSuppressed counts the alerts that the rate limit suppresses.
	CountSuppressed func(ctx context.Context, alerts int)

	limiter    limiter
	suppressed suppressed
	client     storage.Client // nil without a storage
	save       func(context.Context)
}

// maxEpisodes bounds the episodes of one notification. Some services have lower limits, which their integration applies.
const maxEpisodes = 100

// Start checks the files and loads the suppressed alerts of an earlier run. The client may be nil. Each successful
// notification is followed by a call of save.
func (n *Integration) Start(ctx context.Context, _ component.Host, client storage.Client, save func(context.Context)) error {
	n.limiter.RateLimit = n.RateLimit
	n.save = save
	if err := n.CheckFiles(); err != nil {
		return err
	}
	n.client = client
	return n.suppressed.load(ctx, client)
}

// CheckFiles returns an error for all files of the settings that cannot be read.
func (n *Integration) CheckFiles() error {
	if err := receiverconfig.CheckFiles(n.Files); err != nil {
		return fmt.Errorf("%s: %w", n.Key, err)
	}
	return nil
}

// Send sends the notifications that the alerts cause, group by group. It returns the alerts to send again later, unless
// the error is permanent. After an error that is not permanent it stops, because each further attempt could wait for
// the timeout. It then puts the failed group at the end of the unsent alerts, so that the other groups are sent first.
func (n *Integration) Send(ctx context.Context, alerts []*alert.Alert) (unsent []*alert.Alert, err error) {
	var rejected []error
	groups := groupAlerts(alerts)
	for i, g := range groups {
		err := ctx.Err()
		if err == nil {
			err = n.sendGroup(ctx, g)
		}
		switch {
		case err == nil:
		case consumererror.IsPermanent(err):
			rejected = append(rejected, err)
		default:
			for _, later := range groups[i+1:] {
				unsent = append(unsent, later.alerts...)
			}
			return append(unsent, g.alerts...), errors.Join(append([]error{err}, withoutType(rejected)...)...)
		}
	}
	return nil, errors.Join(rejected...)
}

// withoutType returns errors with the same texts that are not permanent.
func withoutType(errs []error) (plain []error) {
	for _, err := range errs {
		plain = append(plain, errors.New(err.Error()))
	}
	return plain
}

func (n *Integration) sendGroup(ctx context.Context, g *group) error {
	changes := changesOf(g.alerts, n.Log, n.RepeatInterval, n.Now())
	for _, e := range changes.unchanged {
		n.Log.Put(e.Alert.UID, e)
	}
	for _, part := range n.byMessage(changes.firing) {
		if err := n.sendFiring(ctx, g.key, part); err != nil {
			return err
		}
	}
	return n.sendAllResolved(ctx, g.key, changes.resolved)
}

// sendFiring sends a notification of episodes that began, became more severe, or are to be repeated.
func (n *Integration) sendFiring(ctx context.Context, key groupKey, firing []*episode.Episode) error {
	now := n.Now()
	if !n.limiter.allow(now) {
		n.suppressed.add(firing, n.limiter.periodStart)
		n.CountSuppressed(ctx, len(firing))
		return nil
	}
	others := n.otherOpen(key, firing)
	reason := notify.ReasonNewAlertsInGroup
	switch {
	case !firing[0].NotifiedAt.IsZero():
		reason = notify.ReasonRepeatIntervalElapsed
	case len(others) == 0:
		reason = notify.ReasonFirstNotification
	}
	var alerts []*amalert.Alert
	for _, e := range slices.Concat(firing, others) {
		alerts = append(alerts, n.describe(e, time.Time{}))
	}
	conversation, err := n.notify(ctx, key, reason, firing, alerts)
	if err != nil {
		n.limiter.giveBack()
		return err
	}
	for _, e := range firing {
		n.Log.Put(e.Alert.UID, e.WithNotification(now).WithConversation(conversation))
	}
	n.save(ctx)
	return nil
}

// sendAllResolved sends notifications of the end of notified episodes. It skips those whose beginning was suppressed or
// rejected.
func (n *Integration) sendAllResolved(ctx context.Context, key groupKey, resolved []*episode.Episode) error {
	var known []*episode.Episode
	for _, e := range resolved {
		if notified := n.Log.Get(e.Alert.UID); notified != nil && !notified.Ended {
			known = append(known, e.AfterNotificationOf(notified))
		}
	}
	for _, part := range n.byMessage(known) {
		if err := n.sendResolved(ctx, key, part); err != nil {
			return err
		}
	}
	return nil
}

// sendResolved sends a notification of the end of episodes. It is not subject to the rate limit, because only this
// notification closes an open incident.
func (n *Integration) sendResolved(ctx context.Context, key groupKey, resolved []*episode.Episode) error {
	now := n.Now()
	if n.SendResolved {
		others := n.otherOpen(key, resolved)
		var alerts []*amalert.Alert
		for _, e := range resolved {
			alerts = append(alerts, n.describe(e, e.EndsAt(now)))
		}
		for _, e := range others {
			alerts = append(alerts, n.describe(e, time.Time{}))
		}
		reason := notify.ReasonNewResolvedAlerts
		if len(others) == 0 {
			reason = notify.ReasonAllAlertsResolved
		}
		if _, err := n.notify(ctx, key, reason, resolved, alerts); err != nil {
			return err
		}
	}
	for _, e := range resolved {
		n.Log.Put(e.Alert.UID, episode.NewEnded(now))
	}
	if n.SendResolved {
		n.save(ctx)
	}
	return nil
}

// otherOpen returns the open episodes of the group besides the given ones, as many as fit into one notification, but at
// least one. If messages are updated, it returns only those that the message shows.
func (n *Integration) otherOpen(key groupKey, given []*episode.Episode) []*episode.Episode {
	known := map[string]bool{}
	for _, e := range given {
		known[e.Alert.UID] = true
	}
	message := given[0].Message
	others := n.Log.Open(func(e *episode.Episode) bool {
		shown := !n.UpdatesMessages || e.Message == message && message != (episode.Message{})
		return shown && keyOf(&e.Alert) == key && !known[e.Alert.UID]
	})
	return others[:min(len(others), max(1, maxEpisodes-len(given)))]
}

// Tick notifies the end of timed-out episodes, and summarizes the suppressed alerts. Call it once per rate limit period.
func (n *Integration) Tick(ctx context.Context) error {
	timedOut := map[groupKey][]*episode.Episode{}
	for _, e := range n.Log.TimedOut(n.Now(), n.EpisodeTimeout) {
		key := keyOf(&e.Alert)
		timedOut[key] = append(timedOut[key], e)
	}
	for key, episodes := range timedOut {
		if err := n.sendAllResolved(ctx, key, episodes); err != nil {
			return err
		}
	}
	return n.sendSummary(ctx)
}

// sendSummary sends an alert that summarizes the alerts suppressed in the last period. The alert is resolved by the first
// period without suppressed alerts.
func (n *Integration) sendSummary(ctx context.Context) error {
	s := &n.suppressed
	switch {
	case s.Alerts > 0:
		firing := []*amalert.Alert{s.summary(n.RateLimit, time.Time{})}
		if _, err := n.notify(ctx, summaryGroup, notify.ReasonFirstNotification, nil, firing); err != nil {
			return err
		}
		s.reset(true)
	case s.SummaryOpen:
		if n.SendResolved {
			resolved := []*amalert.Alert{s.summary(n.RateLimit, n.Now())}
			if _, err := n.notify(ctx, summaryGroup, notify.ReasonAllAlertsResolved, nil, resolved); err != nil {
				return err
			}
		}
		s.reset(false)
	}
	return nil
}

// notify sends a notification about the given episodes. The alerts describe these and others. It returns where later
// notifications of the episodes belong.
func (n *Integration) notify(
	ctx context.Context, key groupKey, reason notify.NotifyReason, about []*episode.Episode, alerts []*amalert.Alert,
) (episode.Conversation, error) {
	ctx = notify.WithReceiverName(ctx, receiverconfig.ReceiverName)
	ctx = notify.WithGroupKey(ctx, key.String())
	ctx = notify.WithGroupLabels(ctx, key.labels())
	ctx = notify.WithNotificationReason(ctx, reason)
	ctx = notify.WithRepeatInterval(ctx, n.RepeatInterval)
	ctx = notify.WithNow(ctx, n.Now())
	ctx = withMailThread(ctx, about)
	conversation := episode.ConversationOf(about)
	var err error
	conversation.Message, err = n.sendOrUpdate(ctx, conversation.Message, alerts)
	return conversation, err
}

// Save writes the notification log and the suppressed alerts to the storage.
func (n *Integration) Save(ctx context.Context) error {
	return errors.Join(n.Log.Save(ctx), n.suppressed.save(ctx, n.client))
}
