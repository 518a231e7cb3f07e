// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// flood tells of so many sources.
func flood(t *testing.T, r *rig, n int) {
	t.Helper()
	var alerts []*alert.Alert
	for i := range n {
		a := scan(fmt.Sprint("uid-", i), fmt.Sprintf("203.0.113.%d", i))
		if i%2 == 1 {
			a.Rule, a.Severity = "external_reject_sweep", alert.Critical
		}
		alerts = append(alerts, a)
	}
	require.NoError(t, r.tell(alerts...))
}

func annotation(r request, name string) any {
	return r.body["commonAnnotations"].(map[string]any)[name]
}

func TestWhatExceedsTheRateIsSummedUpWhenThePeriodEnds(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 3, period: 1m}\n"+kinds["webhook"](s.URL))
	flood(t, r, 3)
	assert.Len(t, s.got(), 3, "as many as the limit are no flood")
	r.tick()
	assert.Empty(t, s.got())

	flood(t, r, 12)
	assert.Empty(t, s.got())
	assert.Equal(t, map[string]int64{"webhook_0": 9}, r.metric("vpc_flow.notifier.held_back"))
	r.pass(time.Minute)
	r.tick()
	got := s.got()
	require.Len(t, got, 1)
	assert.Equal(t, "firing", got[0].body["status"])
	assert.Equal(t, "9 more alerts of 2 rules from 9 sources were held back.", annotation(got[0], "summary"))
	assert.Equal(t, "The limit is 3 notifications in 1m0s (rate_limit). Held back were external_reject_sweep: 5, external_port_scan: 4.", annotation(got[0], "description"))
	assert.Equal(t, map[string]any{"alertname": "Alerts Held Back", "rule": "held_back", "severity": "critical"}, got[0].body["commonLabels"])

	r.pass(time.Minute)
	r.tick()
	got = s.got()
	require.Len(t, got, 1, "a period in which nothing was held back ends it")
	assert.Equal(t, "resolved", got[0].body["status"])
	r.tick()
	assert.Empty(t, s.got())
}

func TestWhatWasHeldBackIsToldWhenItGoesOn(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	flood(t, r, 2)
	require.Len(t, s.got(), 1)
	r.pass(time.Minute)
	require.NoError(t, r.tell(as(alert.Updated, scan("uid-1", "203.0.113.1"))))
	assert.Equal(t, []string{"first notification: uid-1 high firing"}, toldOf(s))
}

func TestTheEndOfWhatWasToldIsNotHeldBackAndThatOfTheRestNotTold(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["pagerduty"](s.URL))
	flood(t, r, 2)
	require.NoError(t, r.tell(as(alert.Resolved, scan("uid-0", "203.0.113.0")), as(alert.Resolved, scan("uid-1", "203.0.113.1"))))
	got := s.got()
	require.Len(t, got, 2)
	opened, key := event(got[0])
	closed, same := event(got[1])
	assert.Equal(t, []any{"trigger", "resolve", key}, []any{opened, closed, same})
}

func TestASummaryThatCannotBeToldIsTriedAgain(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	flood(t, r, 3)
	s.got()
	s.answers(http.StatusServiceUnavailable)
	r.tick()
	r.tick()
	assert.Equal(t, 1, r.logged.FilterMessage("cannot be told").Len(), "it is said once")
	s.answers(http.StatusOK)
	s.got()
	r.tick()
	got := s.got()
	require.Len(t, got, 1)
	assert.Equal(t, "2 more alerts of 2 rules from 2 sources were held back.", annotation(got[0], "summary"))
}

func TestWhatIsHeldBackIsToldInTheEndWithoutAStorageAndAfterARestartWithOne(t *testing.T) {
	s := serve(t)
	r := newRig(t, atOnce+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	require.NoError(t, r.Start(t.Context(), r))
	flood(t, r, 2)
	require.NoError(t, r.Shutdown(t.Context()))
	got := s.got()
	require.Len(t, got, 2)
	assert.Equal(t, "1 more alert of 1 rule from 1 source were held back.", annotation(got[1], "summary"))

	extensions := fileStorage(t, t.TempDir())
	config := "storage: file_storage\ngroup_wait: 0s\nrate_limit: {notifications: 1, period: 1m}\n" + kinds["webhook"](s.URL)
	first := newRig(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	flood(t, first, 2)
	require.Eventually(t, func() bool { return first.metric("vpc_flow.notifier.held_back")["webhook_0"] == 1 }, patience, moment)
	require.NoError(t, first.Shutdown(t.Context()))
	require.Len(t, s.got(), 1)
	second := newRig(t, config)
	second.extensions = extensions
	second.run().tick()
	require.Len(t, s.got(), 1)
}

func TestAnAttemptInVainIsNotCounted(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	s.answers(http.StatusServiceUnavailable)
	for range 3 {
		require.Error(t, r.tell(scan("a", "203.0.113.7")))
	}
	s.answers(http.StatusOK)
	s.got()
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	assert.Len(t, s.got(), 1)
	assert.Empty(t, r.metric("vpc_flow.notifier.held_back"))
}

func TestWithoutALimitNothingIsHeldBack(t *testing.T) {
	s := serve(t)
	r := start(t, atOnce+"rate_limit: {notifications: 0}\n"+kinds["webhook"](s.URL))
	flood(t, r, 100)
	assert.Len(t, s.got(), 100)
}

func TestOfVeryManySourcesItIsSaidThatThereAreMore(t *testing.T) {
	l := &limit{RateLimit: RateLimit{Notifications: 1, Period: time.Minute}}
	for i := range maxSources + 5 {
		a := scan("a", fmt.Sprintf("10.%d.%d.1", i/256, i%256))
		a.Rule = fmt.Sprint("rule ", i)
		l.hold([]*episode{begin(a, noon())})
	}
	assert.Equal(t, "1005 more alerts of 1000 rules from 1000 or more sources were held back.", string(l.summary(time.Time{}).Annotations["summary"]))
}
