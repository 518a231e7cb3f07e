// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// shutdownLimit is how long a shutdown may take in the tests below: the timeout of the harness, the wait for a canceled
// attempt, and time for a slow machine.
const shutdownLimit = 3 * time.Second

// misbehavingServer is a webhook that notes which groups it has answered.
type misbehavingServer struct {
	*httptest.Server
	handler  atomic.Pointer[http.HandlerFunc]
	answered sync.Map
}

func newMisbehavingServer(t *testing.T, handler http.HandlerFunc) *misbehavingServer {
	t.Helper()
	s := &misbehavingServer{}
	s.handler.Store(&handler)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var message struct {
			GroupKey string `json:"groupKey"`
		}
		if json.NewDecoder(r.Body).Decode(&message) != nil {
			return // the client has closed the connection
		}
		(*s.handler.Load())(w, r)
		if r.Context().Err() == nil {
			s.answered.Store(message.GroupKey, true)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *misbehavingServer) groups() (n int) {
	s.answered.Range(func(any, any) bool { n++; return true })
	return n
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// TestNoDestinationDelaysTheShutdown shuts down while destinations misbehave and alerts are queued. With a storage, the
// next run sends all of them.
func TestNoDestinationDelaysTheShutdown(t *testing.T) {
	t.Parallel()
	const alerts = 50
	for behavior, respond := range map[string]http.HandlerFunc{
		"hanging": hang,
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(20 * time.Millisecond):
			case <-r.Context().Done():
			}
		},
		"unavailable": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"refusing":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
	} {
		for name, config := range map[string]string{
			"batches":       "group_wait: 1ms\n",
			"no batches":    "group_wait: 0s\n",
			"waiting":       "group_wait: 1h\n",
			"no retry":      "retry_on_failure: {enabled: false}\n",
			"no second try": "retry_on_failure: {max_elapsed_time: 1ms}\n",
		} {
			t.Run(behavior+", in memory, "+name, func(t *testing.T) {
				t.Parallel()
				r, _ := shutdownWithQueuedAlerts(t, alerts, config, respond, nil)
				notifications, unsent := r.metric("vpc_flow.notifier.notifications"), r.metric("vpc_flow.notifier.unsent")
				assert.EqualValues(t, alerts, sum(notifications, "sent")+sum(notifications, "refused")+sum(unsent, "webhook_0"),
					"each alert is counted")
			})
			t.Run(behavior+", in a storage, "+name, func(t *testing.T) {
				t.Parallel()
				extensions := fileStorage(t, t.TempDir())
				first, s := shutdownWithQueuedAlerts(t, alerts, config, respond, extensions)
				unsent := first.metric("vpc_flow.notifier.unsent")
				assert.Zero(t, sum(unsent, "shutdown"))
				if behavior == "unavailable" {
					s.answered.Clear() // only alerts without a retry are settled
				}
				var ok http.HandlerFunc = func(http.ResponseWriter, *http.Request) {}
				s.handler.Store(&ok)
				second := newHarness(t, "storage: file_storage\ngroup_wait: 1ms\nrate_limit: {notifications: 0}\n"+kinds["webhook"](s.URL))
				second.extensions = extensions
				waitForEmptyQueue(t, second.run())
				assert.GreaterOrEqual(t, s.groups()+int(sum(unsent, "retries_exhausted")), alerts, "no stored alert is lost")
			})
		}
	}
}

// shutdownWithQueuedAlerts sends alerts of different groups and shuts the exporter down.
func shutdownWithQueuedAlerts(
	t *testing.T, alerts int, config string, respond http.HandlerFunc, extensions map[component.ID]component.Component,
) (*harness, *misbehavingServer) {
	t.Helper()
	s := newMisbehavingServer(t, respond)
	if extensions != nil {
		config += "storage: file_storage\n"
	}
	r := newHarness(t, config+"rate_limit: {notifications: 0}\n"+kinds["webhook"](s.URL))
	r.extensions = extensions
	require.NoError(t, r.Start(t.Context(), r))
	for i := range alerts {
		require.NoError(t, r.send(alerttest.PortScan(fmt.Sprint(i), fmt.Sprintf("203.0.%d.%d", i/250, i%250))))
	}
	start := time.Now()
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Less(t, time.Since(start), shutdownLimit)
	return r, s
}

// TestHangingPeriodicNotificationDoesNotDelayTheShutdown shuts down while the summary of suppressed alerts is sent.
func TestHangingPeriodicNotificationDoesNotDelayTheShutdown(t *testing.T) {
	s := newServer(t)
	ticks := make(chan time.Time)
	r := newHarness(t, "group_wait: 0s\nrate_limit: {notifications: 1, period: 1m}\n"+kinds["webhook"](s.URL))
	r.destinations[0].ticker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
	require.NoError(t, r.Start(t.Context(), r))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8")))
	waitForEmptyQueue(t, r)
	s.mu.Lock()
	s.handler = hang
	s.mu.Unlock()
	s.takeRequests()
	ticks <- time.Time{}
	waitForRequests(t, s, 1)
	start := time.Now()
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Less(t, time.Since(start), shutdownLimit)
}

// TestDestinationsAreShutDownConcurrently has more hanging destinations than fit one after the other.
func TestDestinationsAreShutDownConcurrently(t *testing.T) {
	s := newServer(t)
	s.handler = hang
	yaml := "group_wait: 0s\nwebhook_configs:\n"
	const destinations = 30
	for range destinations {
		yaml += "- {url: " + s.URL + "}\n"
	}
	r := newHarness(t, yaml)
	require.NoError(t, r.Start(t.Context(), r))
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	waitForRequests(t, s, destinations)
	start := time.Now()
	require.NoError(t, r.Shutdown(t.Context()))
	assert.Less(t, time.Since(start), shutdownLimit)
	assert.EqualValues(t, destinations, sum(r.metric("vpc_flow.notifier.unsent"), "shutdown"))
}

func TestQueueIsBoundedInBytes(t *testing.T) {
	s := newServer(t)
	s.handler = hang
	r := newHarness(t, "group_wait: 0s\nretry_on_failure: {initial_interval: 1ms, max_interval: 5ms}\nsending_queue: {queue_size: 1048576}\n"+
		kinds["webhook"](s.URL))
	require.NoError(t, r.Start(t.Context(), r))
	var alerts []*alert.Alert
	const count = 400
	for i := range count {
		a := alerttest.PortScan(fmt.Sprint(i), "203.0.113.7")
		a.Impact = strings.Repeat("x", 3000)
		alerts = append(alerts, a)
	}
	require.ErrorContains(t, r.send(alerts...), "queue is full")
	size, _ := r.gauges("otelcol_exporter_queue_size")
	assert.LessOrEqual(t, size, int64(1<<20))
	assert.Greater(t, size, int64(1<<19), "a request of many alerts is split")
	refused := sum(r.metric("vpc_flow.notifier.unsent"), "queue_full")
	require.ErrorContains(t, r.send(alerts...), "queue is full")
	assert.Equal(t, 2*refused, sum(r.metric("vpc_flow.notifier.unsent"), "queue_full"), "accepted alerts are not accepted again")

	s.mu.Lock()
	s.handler = nil
	s.mu.Unlock()
	s.CloseClientConnections()
	require.Eventually(t, func() bool { return r.send(alerts...) == nil }, waitLimit, pollInterval)
	waitForEmptyQueue(t, r)
	assert.EqualValues(t, count, r.metric("vpc_flow.notifier.episodes.open")["webhook_0"])
	require.NoError(t, r.Shutdown(t.Context()))
}
