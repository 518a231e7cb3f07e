// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

const (
	waitLimit    = 20 * time.Second
	pollInterval = 5 * time.Millisecond
)

// waitForRequests waits for at least n requests.
func waitForRequests(t *testing.T, s *server, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return s.count() >= n }, waitLimit, pollInterval)
}

// shortWaits enables queues with short waits.
const shortWaits = "group_wait: 1ms\nretry_on_failure: {initial_interval: 1ms, max_interval: 5ms}\n"

func TestEachAlertIsDeliveredOnceAfterAnOutage(t *testing.T) {
	for kind, config := range kinds {
		if kind == "alertmanager" {
			continue // it accepts duplicates
		}
		t.Run(kind, func(t *testing.T) {
			s := newServer(t)
			s.respond(http.StatusServiceUnavailable)
			r := start(t, shortWaits+config(s.URL))
			for i := range 10 {
				require.NoError(t, r.send(alerttest.PortScan(fmt.Sprint(i), fmt.Sprintf("203.0.113.%d", i))))
			}
			waitForRequests(t, s, 5) // all fail
			s.respond(http.StatusTooManyRequests, "Retry-After", "1")
			s.takeRequests()
			waitForRequests(t, s, 2)
			accepted := make(chan struct{}, 100)
			s.mu.Lock()
			s.requests = nil
			s.handler = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte("ok"))
				accepted <- struct{}{}
			}
			s.mu.Unlock()
			for range 10 {
				<-accepted
			}
			require.NoError(t, r.Shutdown(t.Context()))
			assert.Empty(t, accepted)
			assert.Equal(t, int64(10), sum(r.metric("vpc_flow.notifier.notifications"), "sent"))
		})
	}
}

func sum(points map[string]int64, of string) (n int64) {
	for labels, value := range points {
		if slices.Contains(strings.Fields(labels), of) {
			n += value
		}
	}
	return n
}

func TestFailingDestinationDoesNotDelayOthers(t *testing.T) {
	up, down := newServer(t), newServer(t)
	down.respond(http.StatusInternalServerError)
	r := start(t, shortWaits+"slack_configs: [{api_url: "+down.URL+"/x, channel: c}]\npagerduty_configs: [{routing_key: k, url: "+up.URL+"}]")
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	waitForRequests(t, up, 1)
	waitForRequests(t, down, 3)
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("a", "203.0.113.7"))))
	waitForRequests(t, up, 2)
	down.respond(http.StatusOK)
	require.Eventually(t, func() bool {
		return sum(r.metric("vpc_flow.notifier.notifications"), "slack_0") > 0 &&
			sum(r.metric("vpc_flow.notifier.notifications"), "sent") == 3
	}, waitLimit, pollInterval)
	assert.Len(t, up.takeRequests(), 2, "no duplicate")
}

func TestRejectedGroupDoesNotAffectOthers(t *testing.T) {
	s := newServer(t)
	s.handler = func(w http.ResponseWriter, _ *http.Request) {
		if s.count() == 1 { // including this request
			w.WriteHeader(http.StatusBadRequest)
		}
	}
	r := start(t, noQueue+kinds["webhook"](s.URL))
	require.Error(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8")))
	require.Len(t, s.takeRequests(), 2)
	s.respond(http.StatusOK)
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.PortScan("a", "203.0.113.7")), alerttest.Later(alert.Updated, alerttest.PortScan("b", "203.0.113.8"))))
	got := s.takeRequests()
	require.Len(t, got, 1, "the rejected group is notified by its update")
	assert.Equal(t, "vpc_flow/external_port_scan/source=203.0.113.7", got[0].body["groupKey"])
}

func TestGroupWaitGroupsAlertsByRuleAndSource(t *testing.T) {
	s := newServer(t)
	r := start(t, "group_wait: 300ms\n"+kinds["webhook"](s.URL))
	other := alerttest.PortScan("d", "203.0.113.7")
	other.Rule = "external_reject_sweep"
	for _, a := range []*alert.Alert{alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8"), alerttest.PortScan("c", "203.0.113.7"), other} {
		require.NoError(t, r.send(a))
	}
	waitForRequests(t, s, 3)
	require.NoError(t, r.Shutdown(t.Context()))
	got := map[any]int{}
	for _, each := range s.takeRequests() {
		got[each.body["groupKey"]] = len(each.body["alerts"].([]any))
	}
	assert.Equal(t, map[any]int{
		"vpc_flow/external_port_scan/source=203.0.113.7":    2,
		"vpc_flow/external_port_scan/source=203.0.113.8":    1,
		"vpc_flow/external_reject_sweep/source=203.0.113.7": 1,
	}, got)
}

func TestQueuedAlertsAreDeliveredAfterRestart(t *testing.T) {
	s := newServer(t)
	s.respond(http.StatusServiceUnavailable)
	extensions := fileStorage(t, t.TempDir())
	config := shortWaits + "storage: file_storage\n" + kinds["slack"](s.URL)
	first := newHarness(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8")))
	waitForRequests(t, s, 2)
	require.NoError(t, first.Shutdown(t.Context()))
	s.takeRequests()
	s.respond(http.StatusOK)
	second := newHarness(t, config)
	second.extensions = extensions
	second.run()
	waitForRequests(t, s, 2)
	require.Eventually(t, func() bool { return second.metric("vpc_flow.notifier.episodes.open")["slack_0"] == 2 }, waitLimit, pollInterval)
	assert.Len(t, s.takeRequests(), 2)
}

func TestEndlessResponseIsBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	r := start(t, noQueue+"webhook_configs: [{url: "+server.URL+"}]")
	err := r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 2000)
}
