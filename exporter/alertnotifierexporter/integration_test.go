// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// told returns of what a webhook has been told, each notification as its reason and its alerts.
func toldOf(s *server) (list []string) {
	for _, each := range s.got() {
		text := each.body["notification_reason"].(string) + ":"
		for _, one := range each.body["alerts"].([]any) {
			labels := one.(map[string]any)["labels"].(map[string]any)
			text += fmt.Sprintf(" %v %v %v", labels["episode"], labels["severity"], one.(map[string]any)["status"])
		}
		list = append(list, text)
	}
	return list
}

func TestWhenSomebodyIsTold(t *testing.T) {
	const source = "203.0.113.7"
	begin, goesOn := scan("a", source), as(alert.Updated, scan("a", source))
	ends := as(alert.Resolved, scan("a", source))
	const first = "first notification: a high firing"
	for name, c := range map[string]struct {
		yaml  string
		pass  time.Duration // before the second
		tell  [][]*alert.Alert
		wants []string
	}{
		"a beginning that comes again":              {tell: [][]*alert.Alert{{begin}, {begin}}, wants: []string{first}},
		"an update":                                 {tell: [][]*alert.Alert{{begin}, {goesOn}}, wants: []string{first}},
		"an update just before the repeat interval": {pass: 4*time.Hour - time.Second, tell: [][]*alert.Alert{{begin}, {goesOn}}, wants: []string{first}},
		"an update at the repeat interval": {
			pass: 4 * time.Hour, tell: [][]*alert.Alert{{begin}, {goesOn}},
			wants: []string{first, "repeat interval elapsed: a high firing"},
		},
		"an update without a repeat interval": {yaml: "repeat_interval: 0s", pass: 1000 * time.Hour, tell: [][]*alert.Alert{{begin}, {goesOn}}, wants: []string{first}},
		"an update that is more severe": {
			tell:  [][]*alert.Alert{{begin}, {graver(alert.Critical, goesOn)}, {goesOn}},
			wants: []string{first, "repeat interval elapsed: a critical firing"},
		},
		"an update that is less severe": {tell: [][]*alert.Alert{{begin}, {graver(alert.Low, goesOn)}}, wants: []string{first}},
		"an update of which the beginning was missed": {
			tell: [][]*alert.Alert{{goesOn}}, wants: []string{first},
		},
		"an end": {tell: [][]*alert.Alert{{begin}, {ends}, {ends}}, wants: []string{first, "all alerts resolved: a high resolved"}},
		"an end after the repeat interval": {
			pass: 5 * time.Hour, tell: [][]*alert.Alert{{begin}, {goesOn, ends}},
			wants: []string{first, "all alerts resolved: a high resolved"},
		},
		"an end of which the beginning was missed": {tell: [][]*alert.Alert{{ends}}},
		"an end that is not wanted": {
			yaml: "send_resolved", tell: [][]*alert.Alert{{begin}, {ends}, {goesOn}},
			wants: []string{first},
		},
		"an end while another goes on": {
			tell: [][]*alert.Alert{{begin, scan("b", source)}, {ends}},
			wants: []string{
				"first notification: a high firing b high firing",
				"some alerts resolved: a high resolved b high firing",
			},
		},
		"a second of a group": {
			tell:  [][]*alert.Alert{{begin}, {graver(alert.Low, scan("b", source))}},
			wants: []string{first, "new alerts added: b low firing a high firing"},
		},
		"the worst comes first": {
			tell:  [][]*alert.Alert{{graver(alert.Low, scan("b", source)), begin}},
			wants: []string{"first notification: a high firing b low firing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			config := atOnce + "webhook_configs: [{url: " + s.URL + "}]\n" + c.yaml
			if c.yaml == "send_resolved" {
				config = atOnce + "webhook_configs: [{url: " + s.URL + ", send_resolved: false}]"
			}
			r := start(t, config)
			var got []string
			for i, alerts := range c.tell {
				if i == 1 {
					r.pass(c.pass)
				}
				require.NoError(t, r.tell(alerts...))
				got = append(got, toldOf(s)...)
			}
			assert.Equal(t, c.wants, got)
		})
	}
}

func TestLabelsAreThoseOfTheBeginning(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+kinds["webhook"](s.URL))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	later := as(alert.Resolved, scan("a", "203.0.113.7"))
	later.DestinationPort, later.Account, later.FirstSeen = 22, "210987654321", t0+300
	require.NoError(t, r.tell(later))
	one := s.got()[1].body["alerts"].([]any)[0].(map[string]any)
	labels := one["labels"].(map[string]any)
	assert.Equal(t, "123456789012", labels["account"])
	assert.NotContains(t, labels, "port")
	assert.Equal(t, "2025-01-15T00:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15 00:05:00 UTC", one["annotations"].(map[string]any)["first_seen"], "what describes is the newest")
}

func TestANotificationTellsOfAHundredAtMost(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+kinds["webhook"](s.URL))
	for i := range maxTogether + 2 {
		require.NoError(t, r.tell(scan(fmt.Sprintf("%03d", i), "203.0.113.7")))
		r.pass(2 * time.Second) // the rate limit's period is a minute
	}
	got := s.got()
	require.Len(t, got, maxTogether+2)
	assert.Len(t, got[maxTogether-1].body["alerts"], maxTogether)
	assert.Len(t, got[maxTogether+1].body["alerts"], maxTogether)
	for i := range maxTogether + 1 {
		require.NoError(t, r.tell(as(alert.Resolved, scan(fmt.Sprintf("%03d", i), "203.0.113.7"))))
	}
	for _, each := range s.got() {
		assert.Equal(t, "firing", each.body["status"], "one more is open")
	}
}

func TestAnAlertFromTheFutureBeginsAndEndsNow(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+kinds["webhook"](s.URL))
	a := scan("a", "203.0.113.7")
	a.FirstSeen = noon().Unix() + 3600
	a.Time = a.FirstSeen
	require.NoError(t, r.tell(a))
	require.NoError(t, r.tell(as(alert.Resolved, a)))
	got := s.got()
	require.Len(t, got, 2)
	assert.Equal(t, "resolved", got[1].body["status"])
	one := got[1].body["alerts"].([]any)[0].(map[string]any)
	assert.Equal(t, "2025-01-15T12:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15T12:00:00Z", one["endsAt"])
}
