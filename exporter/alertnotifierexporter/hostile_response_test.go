// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	for kind, config := range kinds {
		for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
			t.Run(kind, func(t *testing.T) {
				other := newServer(t)
				s := newServer(t)
				s.respond(status, "Location", other.URL+"/other")
				r := start(t, noQueue+config(s.URL))
				err := r.send(alerttest.PortScan("a", "203.0.113.7"))
				require.ErrorContains(t, err, strings.TrimPrefix(s.URL, "http://")+" redirects to another address, which is not followed")
				assert.True(t, consumererror.IsPermanent(err))
				assert.Len(t, s.takeRequests(), 1)
				assert.Empty(t, other.takeRequests(), "the other host receives no secrets")
				for labels := range r.metric("vpc_flow.notifier.notifications") {
					assert.Contains(t, labels, "refused")
				}
			})
		}
	}
}

func TestRedirectsAreNotFollowedWhateverTheHTTPSettings(t *testing.T) {
	for name, config := range map[string]string{
		"of the integration": "webhook_configs: [{url: URL, http_config: {follow_redirects: true}}]",
		"of all":             "global: {http_config: {follow_redirects: true}}\nwebhook_configs: [{url: URL}]",
	} {
		t.Run(name, func(t *testing.T) {
			other := newServer(t)
			s := newServer(t)
			s.respond(http.StatusFound, "Location", other.URL)
			r := start(t, noQueue+strings.ReplaceAll(config, "URL", s.URL))
			require.ErrorContains(t, r.send(alerttest.PortScan("a", "203.0.113.7")), "not followed")
			assert.Empty(t, other.takeRequests())
		})
	}
}

// Alertmanager's integration for Telegram panics if the response has no message.
func TestPanicOfAnIntegrationIsARefusedNotification(t *testing.T) {
	s := newServer(t)
	s.handler = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) }
	r := start(t, noQueue+"telegram_configs: [{api_url: "+s.URL+", bot_token: '1:x', chat_id: 1}]")
	err := r.send(alerttest.PortScan("a", "203.0.113.7"))
	require.ErrorContains(t, err, "the integration failed unexpectedly")
	assert.True(t, consumererror.IsPermanent(err), "the same response would cause it again")
	for labels, n := range r.metric("vpc_flow.notifier.notifications") {
		assert.Contains(t, labels, "refused")
		assert.EqualValues(t, 1, n)
	}
}
