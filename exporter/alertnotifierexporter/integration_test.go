// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// notificationsOf returns the notifications that a webhook has received: the reason and the alerts.
func notificationsOf(s *server) (list []string) {
	for _, each := range s.takeRequests() {
		text := each.body["notification_reason"].(string) + ":"
		for _, one := range each.body["alerts"].([]any) {
			labels := one.(map[string]any)["labels"].(map[string]any)
			text += fmt.Sprintf(" %v %v %v", labels["episode"], labels["severity"], one.(map[string]any)["status"])
		}
		list = append(list, text)
	}
	return list
}

func TestWhenNotificationsAreSent(t *testing.T) {
	const source = "203.0.113.7"
	opened := alerttest.PortScan("a", source)
	other := alerttest.PortScan("b", source)
	updated, resolved := alerttest.Later(alert.Updated, opened), alerttest.Later(alert.Resolved, opened)
	type batches = [][]*alert.Alert
	const first = "first notification: a high firing"
	for name, c := range map[string]struct {
		receiver string // settings of the webhook
		yaml     string
		wait     time.Duration // before the second batch
		batches  batches
		want     []string
	}{
		"a duplicate": {batches: batches{{opened}, {opened}}, want: []string{first}},
		"an update":   {batches: batches{{opened}, {updated}}, want: []string{first}},
		"an update just before the repeat interval": {
			wait: 4*time.Hour - time.Second, batches: batches{{opened}, {updated}}, want: []string{first},
		},
		"an update at the repeat interval": {
			wait: 4 * time.Hour, batches: batches{{opened}, {updated}},
			want: []string{first, "repeat interval elapsed: a high firing"},
		},
		"an update without a repeat interval": {
			yaml: "repeat_interval: 0s", wait: 1000 * time.Hour, batches: batches{{opened}, {updated}}, want: []string{first},
		},
		"an update with a higher severity": {
			batches: batches{{opened}, {alerttest.WithSeverity(alert.Critical, updated)}, {updated}},
			want:    []string{first, "repeat interval elapsed: a critical firing"},
		},
		"an update with a lower severity": {batches: batches{{opened}, {alerttest.WithSeverity(alert.Low, updated)}}, want: []string{first}},
		"an update of an unknown episode": {batches: batches{{updated}}, want: []string{first}},
		"an end":                          {batches: batches{{opened}, {resolved}, {resolved}}, want: []string{first, "all alerts resolved: a high resolved"}},
		"an end after the repeat interval": {
			wait: 5 * time.Hour, batches: batches{{opened}, {updated, resolved}},
			want: []string{first, "all alerts resolved: a high resolved"},
		},
		"an end of an unknown episode": {batches: batches{{resolved}}},
		"an end without send_resolved": {
			receiver: "send_resolved: false", batches: batches{{opened}, {resolved}, {updated}}, want: []string{first},
		},
		"an end while another episode is open": {
			batches: batches{{opened, other}, {resolved}},
			want: []string{
				"first notification: a high firing b high firing",
				"some alerts resolved: a high resolved b high firing",
			},
		},
		"a second episode of the group": {
			batches: batches{{opened}, {alerttest.WithSeverity(alert.Low, other)}},
			want:    []string{first, "new alerts added: b low firing a high firing"},
		},
		"two episodes, the second more severe": {
			batches: batches{{alerttest.WithSeverity(alert.Low, other), opened}},
			want:    []string{"first notification: a high firing b low firing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			r := start(t, noQueue+"webhook_configs: [{url: "+s.URL+", "+c.receiver+"}]\n"+c.yaml)
			var got []string
			for i, batch := range c.batches {
				if i == 1 {
					r.advance(c.wait)
				}
				require.NoError(t, r.send(batch...))
				got = append(got, notificationsOf(s)...)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestTimedOutEpisodeIsResolvedOnlyWithSendResolved(t *testing.T) {
	for receiver, want := range map[string][]string{
		"send_resolved: true":  {"all alerts resolved: a high resolved"},
		"send_resolved: false": nil,
	} {
		s := newServer(t)
		r := start(t, noQueue+"webhook_configs: [{url: "+s.URL+", "+receiver+"}]")
		require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
		s.takeRequests()
		r.advance(25 * time.Hour)
		r.tickAll()
		assert.Equal(t, want, notificationsOf(s), receiver)
		assert.Equal(t, map[string]int64{"webhook_0": 0}, r.metric("vpc_flow.notifier.episodes.open"), receiver)
	}
}

func TestLabelsComeFromFirstAlert(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+kinds["webhook"](s.URL))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	later := alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))
	later.DestinationPort, later.Account, later.FirstSeen = 22, "210987654321", alerttest.T0+300
	require.NoError(t, r.send(later))
	one := s.takeRequests()[1].body["alerts"].([]any)[0].(map[string]any)
	labels := one["labels"].(map[string]any)
	assert.Equal(t, "123456789012", labels["account"])
	assert.NotContains(t, labels, "port")
	assert.Equal(t, "2025-01-15T00:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15 00:05:00 UTC", one["annotations"].(map[string]any)["first_seen"], "annotations come from the newest alert")
}

// maxEpisodesPerNotification is the limit of package integration.
const maxEpisodesPerNotification = 100

func TestNotificationHasAtMost100Episodes(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+kinds["webhook"](s.URL))
	for i := range maxEpisodesPerNotification + 2 {
		require.NoError(t, r.send(alerttest.PortScan(fmt.Sprintf("%03d", i), "203.0.113.7")))
		r.advance(2 * time.Second) // the rate limit is 30 per minute
	}
	got := s.takeRequests()
	require.Len(t, got, maxEpisodesPerNotification+2)
	assert.Len(t, got[maxEpisodesPerNotification-1].body["alerts"], maxEpisodesPerNotification)
	assert.Len(t, got[maxEpisodesPerNotification+1].body["alerts"], maxEpisodesPerNotification)
	for i := range maxEpisodesPerNotification + 1 {
		require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan(fmt.Sprintf("%03d", i), "203.0.113.7"))))
	}
	for _, each := range s.takeRequests() {
		assert.Equal(t, "firing", each.body["status"], "one episode is still open")
	}
}

func TestAlertFromTheFutureStartsAndEndsNow(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+kinds["webhook"](s.URL))
	a := alerttest.PortScan("a", "203.0.113.7")
	a.FirstSeen = alerttest.Noon().Unix() + 3600
	a.Time = a.FirstSeen
	require.NoError(t, r.send(a))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, a)))
	got := s.takeRequests()
	require.Len(t, got, 2)
	assert.Equal(t, "resolved", got[1].body["status"])
	one := got[1].body["alerts"].([]any)[0].(map[string]any)
	assert.Equal(t, "2025-01-15T12:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15T12:00:00Z", one["endsAt"])
}
