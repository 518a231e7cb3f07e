// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
)

// kinds are configurations of destinations with HTTP.
var kinds = map[string]func(url string) string{
	"slack":        func(url string) string { return "slack_configs: [{api_url: " + url + "/x, channel: c}]\n" },
	"pagerduty":    func(url string) string { return "pagerduty_configs: [{routing_key: k, url: " + url + "}]\n" },
	"webhook":      func(url string) string { return "webhook_configs: [{url: " + url + "/x}]\n" },
	"alertmanager": func(url string) string { return "alertmanager: {endpoint: " + url + "}\n" },
}

func TestResponseStatusDecidesOutcome(t *testing.T) {
	const sent, refused, failed = "sent", "refused", "failed"
	for kind, config := range kinds {
		onlyAlertmanagerRetries := refused
		if kind == "alertmanager" {
			onlyAlertmanagerRetries = failed
		}
		for status, want := range map[int]string{
			http.StatusRequestTimeout:      onlyAlertmanagerRetries,
			http.StatusOK:                  sent,
			http.StatusAccepted:            sent,
			http.StatusBadRequest:          refused,
			http.StatusForbidden:           refused,
			http.StatusNotFound:            refused,
			http.StatusTooManyRequests:     failed,
			http.StatusInternalServerError: failed,
			http.StatusServiceUnavailable:  failed,
		} {
			t.Run(kind+" "+strconv.Itoa(status), func(t *testing.T) {
				s := newServer(t)
				s.respond(status, "Retry-After", "1")
				r := start(t, noQueue+config(s.URL))
				err := r.send(alerttest.PortScan("a", "203.0.113.7"))
				got := r.metric("vpc_flow.notifier.notifications")
				require.Len(t, got, 1)
				for labels, n := range got {
					assert.Contains(t, labels, want)
					assert.EqualValues(t, 1, n)
				}
				assert.Equal(t, want == sent, err == nil, err)
				assert.Equal(t, want == refused, consumererror.IsPermanent(err), err)
				if want == failed {
					assert.Contains(t, err.Error(), strconv.Itoa(status))
				}
				open := r.metric("vpc_flow.notifier.episodes.open")
				for _, n := range open {
					assert.Equal(t, want == sent, n == 1, "the log has sent notifications only")
				}
			})
		}
	}
}

func TestTimeoutIsRetried(t *testing.T) {
	for kind, config := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := newServer(t)
			hang := make(chan struct{})
			t.Cleanup(func() { close(hang) })
			s.handler = func(http.ResponseWriter, *http.Request) { <-hang }
			r := start(t, noQueue+config(s.URL)+"timeout: 20ms")
			err := r.send(alerttest.PortScan("a", "203.0.113.7"))
			require.Error(t, err)
			assert.False(t, consumererror.IsPermanent(err), err)
		})
	}
}

func TestSlackErrorInSuccessfulResponseIsPermanent(t *testing.T) {
	s := newServer(t)
	s.handler = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"ok":false,"error":"channel_not_found"}`))
	}
	r := start(t, noQueue+kinds["slack"](s.URL))
	err := r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "channel_not_found")
	assert.True(t, consumererror.IsPermanent(err))
}
