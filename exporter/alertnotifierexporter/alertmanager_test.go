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
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func alertmanager(s *server) string {
	return atOnce + "alertmanager: {endpoint: " + s.URL + "/prefix/, headers: {X-Scope-OrgID: us}}\n"
}

// posted returns what has been posted, each as its episode, its severity, and how long after noon it ends.
func posted(t *testing.T, s *server) (list []string) {
	t.Helper()
	for _, each := range s.got() {
		for _, one := range each.list {
			fields := one.(map[string]any)
			labels := fields["labels"].(map[string]any)
			ends, err := time.Parse(time.RFC3339, fields["endsAt"].(string))
			require.NoError(t, err)
			list = append(list, fmt.Sprintf("%v %v %v", labels["episode"], labels["severity"], ends.Sub(noon())))
		}
	}
	return list
}

func TestAlertmanagerGetsAlertsWithLabelsAndAnnotations(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s)+"external_url: http://dashboard:8765")
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	got := s.got()
	require.Len(t, got, 1)
	assert.Equal(t, "/prefix/api/v2/alerts", got[0].path)
	assert.Equal(t, "application/json", got[0].header.Get("Content-Type"))
	assert.Equal(t, "us", got[0].header.Get("X-Scope-OrgID"))
	require.Len(t, got[0].list, 1)
	one := got[0].list[0].(map[string]any)
	assert.Equal(t, map[string]any{
		"alertname": "Potential Port Scanning Detected (External to Internal)", "rule": "external_port_scan", "severity": "high",
		"source": "203.0.113.7", "protocol": "tcp", "scope": "123456789012", "account": "123456789012", "region": "eu-west-1", "episode": "a",
	}, one["labels"])
	assert.Equal(t, "203.0.113.7 tried 20 ports of internal hosts in 19 s.", one["annotations"].(map[string]any)["summary"])
	assert.Equal(t, "2025-01-15T00:00:00Z", one["startsAt"])
	assert.Equal(t, "2025-01-15T12:05:00Z", one["endsAt"], "it ends by itself if it is not sent again")
	assert.Equal(t, "http://dashboard:8765/alerts/a", one["generatorURL"])
}

func TestAnOpenEpisodeIsSentAgainUntilItEnds(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7"), scan("b", "203.0.113.8")))
	assert.Equal(t, []string{"a high 5m0s", "b high 5m0s"}, posted(t, s))
	r.pass(time.Minute)
	r.tick()
	assert.Equal(t, []string{"a high 6m0s", "b high 6m0s"}, posted(t, s))
	require.NoError(t, r.tell(as(alert.Resolved, scan("a", "203.0.113.7"))))
	assert.Equal(t, []string{"a high 1m0s"}, posted(t, s), "it ends now")
	r.pass(time.Minute)
	r.tick()
	assert.Equal(t, []string{"b high 7m0s"}, posted(t, s))
	require.NoError(t, r.tell(as(alert.Resolved, scan("b", "203.0.113.8")), as(alert.Updated, scan("a", "203.0.113.7"))))
	assert.Equal(t, []string{"b high 2m0s"}, posted(t, s), "what has ended does not begin again")
	r.tick()
	assert.Empty(t, s.got())
}

func TestAnEpisodeOfWhichNothingIsHeardEndsInTheEnd(t *testing.T) {
	s, hook := serve(t), serve(t)
	r := start(t, alertmanager(s)+kinds["pagerduty"](hook.URL))
	require.NoError(t, r.tell(scan("a", "203.0.113.7"), scan("b", "203.0.113.7")))
	r.pass(24 * time.Hour)
	require.NoError(t, r.tell(as(alert.Updated, scan("b", "203.0.113.7"))))
	hook.got()
	r.pass(time.Hour - time.Second)
	s.got()
	r.tick()
	assert.Len(t, posted(t, s), 2)
	assert.Empty(t, hook.got())
	r.pass(time.Second)
	r.tick()
	assert.Equal(t, []string{"b high 25h5m0s"}, posted(t, s))
	got := hook.got()
	require.Len(t, got, 1)
	action, _ := event(got[0])
	assert.Equal(t, "trigger", action, "the other goes on")
	r.pass(24 * time.Hour)
	r.tick()
	assert.Empty(t, s.got())
	got = hook.got()
	require.Len(t, got, 1)
	action, _ = event(got[0])
	assert.Equal(t, "resolve", action)
	assert.Equal(t, map[string]int64{"alertmanager": 0, "pagerduty_0": 0}, r.metric("vpc_flow.notifier.episodes.open"))
}

func TestAnEpisodeThatBecomesMoreSevereEndsAsWhatItWas(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	s.got()
	require.NoError(t, r.tell(graver(alert.Critical, as(alert.Updated, scan("a", "203.0.113.7")))))
	assert.Equal(t, []string{"a high 0s", "a critical 5m0s"}, posted(t, s))
	r.tick()
	assert.Equal(t, []string{"a critical 5m0s"}, posted(t, s))
}

func TestAnEpisodeThatBeginsAndEndsAtOnceIsLeftToEndByItself(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7"), as(alert.Resolved, scan("a", "203.0.113.7")), as(alert.Resolved, scan("b", "203.0.113.7"))))
	assert.Equal(t, []string{"a high 5m0s"}, posted(t, s))
	r.tick()
	assert.Empty(t, s.got())
}

func TestOpenEpisodesAreSentAgainAfterARestart(t *testing.T) {
	s := serve(t)
	extensions := fileStorage(t, t.TempDir())
	config := quick + "storage: file_storage\nalertmanager: {endpoint: " + s.URL + "}\n"
	first := newRig(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.tell(scan("a", "203.0.113.7"), scan("b", "203.0.113.8")))
	require.Eventually(t, func() bool { return first.metric("vpc_flow.notifier.episodes.open")["alertmanager"] == 2 }, patience, moment)
	require.NoError(t, first.Shutdown(t.Context()))
	s.got()
	second := newRig(t, config)
	second.extensions = extensions
	second.run().tick()
	assert.ElementsMatch(t, []string{"a high 5m0s", "b high 5m0s"}, posted(t, s))
}

func TestManyAlertsGoInSeveralRequests(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s))
	var alerts []*alert.Alert
	for i := range 2*maxPosted + 1 {
		alerts = append(alerts, scan(fmt.Sprint(i), "203.0.113.7"))
	}
	require.NoError(t, r.tell(alerts...))
	assert.Len(t, s.got(), 3)
	r.tick()
	assert.Len(t, s.got(), 3)
}

func TestWhatOneRequestDidNotBringIsToldAgainAndNoMore(t *testing.T) {
	s := serve(t)
	n := 0
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	r := start(t, alertmanager(s))
	var alerts []*alert.Alert
	for i := range 2 * maxPosted {
		alerts = append(alerts, scan(fmt.Sprint(i), "203.0.113.7"))
	}
	err := r.destinations[0].push(t.Context(), toLogs(alerts))
	var left consumererror.Logs
	require.ErrorAs(t, err, &left)
	assert.Equal(t, maxPosted, left.Data().LogRecordCount())
}

func TestAResendThatFailsIsSaidOnce(t *testing.T) {
	s := serve(t)
	r := start(t, alertmanager(s))
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	s.answers(http.StatusServiceUnavailable)
	r.tick()
	r.tick()
	assert.Equal(t, 1, r.logged.FilterMessage("cannot be told").Len())
	s.answers(http.StatusOK)
	r.tick()
	s.answers(http.StatusServiceUnavailable)
	r.tick()
	assert.Equal(t, 2, r.logged.FilterMessage("cannot be told").Len())
}

func TestRetryAfterIsHeeded(t *testing.T) {
	for value, want := range map[string]string{
		"":                              "Alertmanager answers",
		"x":                             "Alertmanager answers",
		"-1":                            "Alertmanager answers",
		"7":                             "Throttle (7s)",
		"0":                             "Throttle (0s)",
		"86400":                         "Throttle (1h0m0s)",
		"Wed, 15 Jan 2025 12:02:00 GMT": "Throttle (2m0s)",
		"Wed, 15 Jan 2025 11:00:00 GMT": "Throttle (0s)",
	} {
		t.Run(value, func(t *testing.T) {
			s := serve(t)
			s.answers(http.StatusTooManyRequests, "Retry-After", value)
			r := start(t, alertmanager(s))
			require.ErrorContains(t, r.destinations[0].push(t.Context(), toLogs([]*alert.Alert{scan("a", "203.0.113.7")})), want)
		})
	}
}

func TestAnAuthenticatorThatIsNotThereIsNamed(t *testing.T) {
	r := newRig(t, "alertmanager: {endpoint: 'http://x', auth: {authenticator: basicauth}}")
	require.ErrorContains(t, r.Start(t.Context(), r), "alertmanager: ")
	require.NoError(t, r.Shutdown(t.Context()))
	r = newRig(t, "storage: file_storage\n"+kinds["slack"]("http://x"))
	require.ErrorContains(t, r.Start(t.Context(), r), `slack_0: storage: extension "file_storage": is not among the extensions of the service`)
	r.extensions = map[component.ID]component.Component{component.MustNewID("file_storage"): r}
	require.ErrorContains(t, r.Start(t.Context(), r), "is not a storage extension")
	require.NoError(t, r.Shutdown(t.Context()))
}
