// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// slackServer stands in for slack.com behind an HTTP proxy.
type slackServer struct {
	*server
	proxy   string
	refused map[string]bool // messages that cannot be updated, by timestamp
}

func newSlackServer(t *testing.T) *slackServer {
	t.Helper()
	s := &slackServer{server: newServer(t), refused: map[string]bool{}}
	s.Close()
	posted := 0
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := request{path: r.URL.Path, header: r.Header}
		text, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.NoError(t, json.Unmarshal(text, &got.body))
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, got)
		w.Header().Set("Content-Type", "application/json")
		timestamp := fmt.Sprint(got.body["ts"])
		switch {
		case r.URL.Path == "/api/chat.postMessage":
			posted++
			_, _ = fmt.Fprintf(w, `{"ok": true, "channel": "C1", "ts": "%d.1"}`, posted)
		case s.refused[timestamp]:
			_, _ = io.WriteString(w, `{"ok": false, "error": "message_not_found"}`)
		default:
			_, _ = fmt.Fprintf(w, `{"ok": true, "channel": "C1", "ts": %q}`, timestamp)
		}
	}))
	t.Cleanup(s.Close)
	s.proxy = newProxy(t, s.Listener.Addr().String())
	return s
}

// newProxy starts an HTTP proxy that connects each client to the given address. It returns its URL.
func newProxy(t *testing.T, to string) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "slack.com:443", r.Host)
		upstream, err := new(net.Dialer).DialContext(r.Context(), "tcp", to)
		if !assert.NoError(t, err) {
			return
		}
		client, _, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = io.Copy(upstream, client)
			_ = upstream.Close()
		}()
		_, _ = io.Copy(client, upstream) // ends when the server closes the connection
		_ = client.Close()
		<-done
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

func (s *slackServer) config(more string) string {
	return "slack_configs: [{app_token: xoxb-1, channel: '#security', send_resolved: true, " + more +
		"http_config: {proxy_url: '" + s.proxy + "', tls_config: {insecure_skip_verify: true}}}]\n"
}

// take returns the requests since the last call, each as the method of the API, the timestamp of the message and its title.
func (s *slackServer) take(t *testing.T) (list []string) {
	t.Helper()
	for _, r := range s.takeRequests() {
		assert.Equal(t, "Bearer xoxb-1", r.header.Get("Authorization"))
		timestamp, _ := r.body["ts"].(string)
		title := r.body["attachments"].([]any)[0].(map[string]any)["title"].(string)
		list = append(list, strings.TrimSpace(r.path[len("/api/"):]+" "+timestamp)+" "+title)
	}
	return list
}

const scanTitle = "Potential Port Scanning Detected (External to Internal) from 203.0.113.7"

func TestBotTokenUpdatesTheMessageOfAnEpisode(t *testing.T) {
	s := newSlackServer(t)
	r := start(t, noQueue+s.config(""))
	first := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, r.send(first))
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.WithSeverity(alert.Critical, first))))
	require.NoError(t, r.send(alerttest.PortScan("b", "203.0.113.7")))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.WithSeverity(alert.Critical, first))))
	assert.Equal(t, []string{
		"chat.postMessage [HIGH] " + scanTitle,
		"chat.update 1.1 [CRITICAL] " + scanTitle,
		"chat.postMessage [HIGH] " + scanTitle, // another episode
		"chat.update 1.1 [CRITICAL, ENDED] " + scanTitle,
	}, s.take(t))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.PortScan("b", "203.0.113.7"))))
	assert.Equal(t, []string{"chat.update 2.1 [HIGH, ENDED] " + scanTitle}, s.take(t))
}

func TestEpisodesThatBeginTogetherShareAMessage(t *testing.T) {
	s := newSlackServer(t)
	r := start(t, noQueue+s.config(""))
	a, b := alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.7")
	require.NoError(t, r.send(a, b))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, a)))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, b)))
	assert.Equal(t, []string{
		"chat.postMessage [HIGH] " + scanTitle + " (2 alerts)",
		"chat.update 1.1 [HIGH] " + scanTitle,
		"chat.update 1.1 [HIGH, ENDED] " + scanTitle,
	}, s.take(t))
}

func TestNewMessageReplacesOneThatCannotBeUpdated(t *testing.T) {
	s := newSlackServer(t)
	s.refused["1.1"] = true
	r := start(t, noQueue+s.config(""))
	first := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, r.send(first))
	require.NoError(t, r.send(alerttest.Later(alert.Updated, alerttest.WithSeverity(alert.Critical, first))))
	require.NoError(t, r.send(alerttest.Later(alert.Resolved, alerttest.WithSeverity(alert.Critical, first))))
	assert.Equal(t, []string{
		"chat.postMessage [HIGH] " + scanTitle,
		"chat.update 1.1 [CRITICAL] " + scanTitle, "chat.postMessage [CRITICAL] " + scanTitle,
		"chat.update 2.1 [CRITICAL, ENDED] " + scanTitle,
	}, s.take(t))
}

func TestMessageIsUpdatedAfterARestart(t *testing.T) {
	s := newSlackServer(t)
	storage := fileStorage(t, t.TempDir())
	yaml := "storage: file_storage\ngroup_wait: 0s\n" + s.config("")
	for _, status := range []alert.Status{alert.Opened, alert.Resolved} {
		r := newHarness(t, yaml)
		r.extensions = storage
		require.NoError(t, r.Start(t.Context(), r))
		a := alerttest.PortScan("a", "203.0.113.7")
		if status == alert.Resolved {
			a = alerttest.Later(status, a)
		}
		require.NoError(t, r.send(a))
		require.Eventually(t, func() bool { return s.count() > 0 }, waitLimit, pollInterval)
		require.NoError(t, r.Shutdown(t.Context()))
		want := "chat.postMessage [HIGH] "
		if status == alert.Resolved {
			want = "chat.update 1.1 [HIGH, ENDED] "
		}
		assert.Equal(t, []string{want + scanTitle}, s.take(t))
	}
}

func TestWithoutUpdatesALaterMessageNamesTheFirst(t *testing.T) {
	bot := newSlackServer(t)
	hook := newServer(t)
	r := start(t, noQueue+bot.config("update_message: false, "))
	webhook := start(t, noQueue+"slack_configs: [{api_url: "+hook.URL+", channel: '#security', send_resolved: true}]")
	first := alerttest.PortScan("a", "203.0.113.7")
	for _, r := range []*harness{r, webhook} {
		require.NoError(t, r.send(first))
		require.NoError(t, r.send(alerttest.Later(alert.Resolved, first)))
	}
	got := bot.takeRequests()
	require.Len(t, got, 2)
	assert.Equal(t, "/api/chat.postMessage", got[1].path)
	for _, requests := range [][]request{got, hook.takeRequests()} {
		texts := make([]string, 0, 2)
		for _, r := range requests {
			texts = append(texts, r.body["attachments"].([]any)[0].(map[string]any)["text"].(string))
		}
		require.Len(t, texts, 2)
		assert.NotContains(t, texts[0], "First sent")
		assert.Contains(t, texts[1], "*First sent:* 2025-01-15 12:00:00 UTC\n")
	}
}

// sequence returns an alert that connects two others.
func sequence() *alert.Alert {
	a := alerttest.PortScan("5e90e4ce", "10.0.0.5")
	a.Rule, a.Title, a.Severity, a.Body = "attack_sequence", "Multi-Stage Attack on One Host", alert.Critical, "10.0.0.5: ..."
	a.Stages, a.Related = []string{"access", "discovery"}, []string{"a", "0123456789abcdef"}
	return a
}

func TestSequenceMessageLinksItsAlerts(t *testing.T) {
	s := newServer(t)
	r := start(t, noQueue+"external_url: http://dashboard:8765\nslack_configs: [{api_url: "+s.URL+", channel: '#security'}]")
	evil := alerttest.PortScan("a", "203.0.113.7")
	evil.Body = "203.0.113.7 tried <https://evil.example|20 ports>."
	require.NoError(t, r.send(evil))
	require.NoError(t, r.send(sequence()))
	got := s.takeRequests()
	require.Len(t, got, 2)
	text := got[1].body["attachments"].([]any)[0].(map[string]any)["text"].(string)
	assert.Contains(t, text, "*Stages:* access, discovery\n")
	assert.Contains(t, text, "*Alerts of the sequence:*\n"+
		"• <http://dashboard:8765/alerts/a|203.0.113.7 tried &lt;https:\u200b//evil.\u200bexample|20 ports&gt;.>\n"+
		"• <http://dashboard:8765/alerts/0123456789abcdef|alert 01234567>\n")

	plain := start(t, noQueue+"slack_configs: [{api_url: "+s.URL+", channel: '#security'}]")
	require.NoError(t, plain.send(sequence()))
	text = s.takeRequests()[0].body["attachments"].([]any)[0].(map[string]any)["text"].(string)
	assert.Contains(t, text, "*Alerts of the sequence:*\n• alert a\n• alert 01234567\n")
}
