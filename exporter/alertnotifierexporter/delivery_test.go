// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

const (
	patience = 20 * time.Second
	moment   = 5 * time.Millisecond
)

// come waits for so many requests.
func come(t *testing.T, s *server, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return s.count() >= n }, patience, moment)
}

// quick is a configuration with queues, of which the waits are short.
const quick = "group_wait: 1ms\nretry_on_failure: {initial_interval: 1ms, max_interval: 5ms}\n"

func TestNothingIsLostAndNothingToldTwiceWhileADestinationIsDown(t *testing.T) {
	for kind, config := range kinds {
		if kind == "alertmanager" {
			continue // which takes the same as often as it comes
		}
		t.Run(kind, func(t *testing.T) {
			s := serve(t)
			s.answers(http.StatusServiceUnavailable)
			r := start(t, quick+config(s.URL))
			for i := range 10 {
				require.NoError(t, r.tell(scan(fmt.Sprint(i), fmt.Sprintf("203.0.113.%d", i))))
			}
			come(t, s, 5) // all in vain
			s.answers(http.StatusTooManyRequests, "Retry-After", "1")
			s.got()
			come(t, s, 2)
			accepted := make(chan struct{}, 100)
			s.mu.Lock()
			s.requests = nil
			s.answer = func(w http.ResponseWriter, _ *http.Request) {
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

func TestADestinationThatIsDownHoldsUpNoOther(t *testing.T) {
	up, down := serve(t), serve(t)
	down.answers(http.StatusInternalServerError)
	r := start(t, quick+"slack_configs: [{api_url: "+down.URL+"/x, channel: c}]\npagerduty_configs: [{routing_key: k, url: "+up.URL+"}]")
	require.NoError(t, r.tell(scan("a", "203.0.113.7")))
	come(t, up, 1)
	come(t, down, 3)
	require.NoError(t, r.tell(as(alert.Resolved, scan("a", "203.0.113.7"))))
	come(t, up, 2)
	down.answers(http.StatusOK)
	require.Eventually(t, func() bool {
		return sum(r.metric("vpc_flow.notifier.notifications"), "slack_0") > 0 &&
			sum(r.metric("vpc_flow.notifier.notifications"), "sent") == 3
	}, patience, moment)
	assert.Len(t, up.got(), 2, "it was not told again what it has been told")
}

func TestOneGroupThatIsRefusedCostsNoOther(t *testing.T) {
	s := serve(t)
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		if s.count() == 1 { // the request itself is counted
			w.WriteHeader(http.StatusBadRequest)
		}
	}
	r := start(t, atOnce+kinds["webhook"](s.URL))
	require.Error(t, r.tell(scan("a", "203.0.113.7"), scan("b", "203.0.113.8")))
	require.Len(t, s.got(), 2)
	s.answers(http.StatusOK)
	require.NoError(t, r.tell(as(alert.Updated, scan("a", "203.0.113.7")), as(alert.Updated, scan("b", "203.0.113.8"))))
	got := s.got()
	require.Len(t, got, 1, "whoever was not told of the beginning is told of what comes of it")
	assert.Equal(t, "vpc_flow/external_port_scan/source=203.0.113.7", got[0].body["groupKey"])
}

func TestWhatArrivesWithinGroupWaitIsToldTogetherByRuleAndSource(t *testing.T) {
	s := serve(t)
	r := start(t, "group_wait: 300ms\n"+kinds["webhook"](s.URL))
	other := scan("d", "203.0.113.7")
	other.Rule = "external_reject_sweep"
	for _, a := range []*alert.Alert{scan("a", "203.0.113.7"), scan("b", "203.0.113.8"), scan("c", "203.0.113.7"), other} {
		require.NoError(t, r.tell(a))
	}
	come(t, s, 3)
	require.NoError(t, r.Shutdown(t.Context()))
	got := map[any]int{}
	for _, each := range s.got() {
		got[each.body["groupKey"]] = len(each.body["alerts"].([]any))
	}
	assert.Equal(t, map[any]int{
		"vpc_flow/external_port_scan/source=203.0.113.7":    2,
		"vpc_flow/external_port_scan/source=203.0.113.8":    1,
		"vpc_flow/external_reject_sweep/source=203.0.113.7": 1,
	}, got)
}

func TestWhatWasNotToldBeforeARestartIsToldAfterIt(t *testing.T) {
	s := serve(t)
	s.answers(http.StatusServiceUnavailable)
	extensions := fileStorage(t, t.TempDir())
	config := quick + "storage: file_storage\n" + kinds["slack"](s.URL)
	first := newRig(t, config)
	first.extensions = extensions
	require.NoError(t, first.Start(t.Context(), first))
	require.NoError(t, first.tell(scan("a", "203.0.113.7"), scan("b", "203.0.113.8")))
	come(t, s, 2)
	require.NoError(t, first.Shutdown(t.Context()))
	s.got()
	s.answers(http.StatusOK)
	second := newRig(t, config)
	second.extensions = extensions
	second.run()
	come(t, s, 2)
	require.Eventually(t, func() bool { return second.metric("vpc_flow.notifier.episodes.open")["slack_0"] == 2 }, patience, moment)
	assert.Len(t, s.got(), 2)
}
