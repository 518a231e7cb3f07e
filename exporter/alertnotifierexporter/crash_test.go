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

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// TestCrashRepeatsAtMostOneNotification reads the storage while each notification is in flight. A crash at this time would
// repeat what the storage does not have.
func TestCrashRepeatsAtMostOneNotification(t *testing.T) {
	s := newServer(t)
	r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\n"+kinds["webhook"](s.URL))
	r.extensions = fileStorage(t, t.TempDir())
	r.run()
	d := r.destinations[0]
	var open []int64
	s.handler = func(http.ResponseWriter, *http.Request) {
		saved := notificationlog.New(10)
		assert.NoError(t, saved.Load(t.Context(), d.client))
		open = append(open, saved.OpenEpisodes())
	}
	var alerts []*alert.Alert
	for i := range 4 {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint(i), fmt.Sprintf("203.0.113.%d", i)))
	}
	require.NoError(t, d.push(t.Context(), toLogs(alerts)))
	assert.Equal(t, []int64{0, 1, 2, 3}, open)
	open = nil
	require.NoError(t, d.push(t.Context(), toLogs([]*alert.Alert{
		alerttest.Later(alert.Resolved, alerts[0]), alerttest.Later(alert.Resolved, alerts[1]),
	})))
	assert.Equal(t, []int64{4, 3}, open)
	open = nil
	r.advance(25 * time.Hour)
	d.tick(t.Context())
	assert.Equal(t, []int64{2, 1}, open)
}

func TestCrashRepeatsAtMostOneRequestToAlertmanager(t *testing.T) {
	s := newServer(t)
	r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\nalertmanager: {endpoint: "+s.URL+"}")
	r.extensions = fileStorage(t, t.TempDir())
	r.run()
	d := r.destinations[0]
	var open []int64
	s.handler = func(http.ResponseWriter, *http.Request) {
		saved := notificationlog.New(2 * maxAlertsPerRequest)
		assert.NoError(t, saved.Load(t.Context(), d.client))
		open = append(open, saved.OpenEpisodes())
	}
	var alerts []*alert.Alert
	for i := range maxAlertsPerRequest + 1 {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint(i), "203.0.113.7"))
	}
	require.NoError(t, d.push(t.Context(), toLogs(alerts)))
	assert.Equal(t, []int64{0, maxAlertsPerRequest}, open)
}

// TestAlertsOfACrashedDetectorAreNotifiedOnce sends the alerts of an episode again, as a detector does that has crashed
// before it saved its position. The repeat interval has passed, and this exporter has restarted.
func TestAlertsOfACrashedDetectorAreNotifiedOnce(t *testing.T) {
	opened := alerttest.PortScan("a", "203.0.113.7")
	updated := alerttest.WithSeverity(alert.Critical, alerttest.Later(alert.Updated, opened))
	for _, resolved := range []bool{false, true} {
		t.Run(fmt.Sprintf("resolved is %t", resolved), func(t *testing.T) {
			s := newServer(t)
			extensions := fileStorage(t, t.TempDir())
			alerts := []*alert.Alert{opened, updated}
			want := []string{"first notification: a high firing", "repeat interval elapsed: a critical firing"}
			if resolved {
				alerts = append(alerts, alerttest.Later(alert.Resolved, updated))
				want = append(want, "all alerts resolved: a critical resolved")
			}
			send := func(after time.Duration) *harness {
				r := newHarness(t, "storage: file_storage\ngroup_wait: 0s\n"+kinds["webhook"](s.URL))
				r.extensions = extensions
				r.advance(after)
				require.NoError(t, r.Start(t.Context(), r))
				for _, a := range alerts {
					require.NoError(t, r.send(a))
				}
				waitForEmptyQueue(t, r)
				return r
			}
			r := send(0)
			require.Equal(t, want, notificationsOf(s))
			r.advance(5 * time.Hour)
			for _, a := range alerts {
				require.NoError(t, r.send(a))
			}
			waitForEmptyQueue(t, r)
			require.NoError(t, r.Shutdown(t.Context()))
			require.NoError(t, send(10*time.Hour).Shutdown(t.Context()))
			assert.Empty(t, notificationsOf(s))
		})
	}
}

// TestDuplicateDoesNotReplaceANewerAlert checks that an Alertmanager does not receive the earlier severity again.
func TestDuplicateDoesNotReplaceANewerAlert(t *testing.T) {
	s := newServer(t)
	r := start(t, alertmanagerConfig(s))
	opened := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, r.send(opened))
	require.NoError(t, r.send(alerttest.WithSeverity(alert.Critical, alerttest.Later(alert.Updated, opened))))
	assert.Equal(t, []string{"a high 5m0s", "a high 0s", "a critical 5m0s"}, posted(t, s))
	require.NoError(t, r.send(opened))
	assert.Empty(t, posted(t, s))
	r.tickAll()
	assert.Equal(t, []string{"a critical 5m0s"}, posted(t, s))
}

// waitForEmptyQueue waits until all alerts have been sent. The queue counts an alert until it has been sent.
func waitForEmptyQueue(t *testing.T, r *harness) {
	t.Helper()
	require.Eventually(t, func() bool {
		size, known := r.gauges("otelcol_exporter_queue_size")
		return known && size == 0
	}, waitLimit, pollInterval)
}
