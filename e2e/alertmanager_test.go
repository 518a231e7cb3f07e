// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// alertmanager is a running Alertmanager and the notifications that it has sent to a webhook.
type alertmanager struct {
	url string

	mu       sync.Mutex
	messages []alertmanagerMessage
}

type alertmanagerMessage struct {
	Status      string              `json:"status"`
	GroupLabels map[string]string   `json:"groupLabels"`
	Alerts      []alertmanagerAlert `json:"alerts"`
}

type alertmanagerAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL"`
	// Status is an object in the API and a string in a webhook.
	Status any `json:"status"`
}

// runAlertmanager starts the Alertmanager of the Debian package. It groups alerts by rule and source.
func runAlertmanager(t *testing.T) *alertmanager {
	t.Helper()
	binary := program(t, "prometheus-alertmanager", "prometheus-alertmanager")
	am := &alertmanager{}
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message alertmanagerMessage
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&message))
		am.mu.Lock()
		defer am.mu.Unlock()
		am.messages = append(am.messages, message)
	}))
	t.Cleanup(webhook.Close)
	dir := t.TempDir()
	config := filepath.Join(dir, "alertmanager.yml")
	require.NoError(t, os.WriteFile(config, []byte(`
route: {receiver: test, group_by: [rule, source], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: test, webhook_configs: [{url: "`+webhook.URL+`", send_resolved: true}]}]
`), 0o600))
	address := "localhost:" + freePort(t)
	am.url = "http://" + address
	run := exec.CommandContext(t.Context(), binary, "--config.file="+config, "--storage.path="+dir,
		"--web.listen-address="+address, "--cluster.listen-address=")
	var stderr strings.Builder
	run.Stderr = &stderr
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = run.Process.Kill() // the test's context has already ended it
		_ = run.Wait()
		if t.Failed() {
			t.Log(stderr.String())
		}
	})
	require.Eventually(t, func() bool { return am.get("/-/ready", nil) == nil }, 30*time.Second, 20*time.Millisecond)
	return am
}

func (am *alertmanager) get(path string, into any) error {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, am.url+path, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// active returns the active alerts by their episodes.
func (am *alertmanager) active(t *testing.T) map[string]alertmanagerAlert {
	t.Helper()
	var list []alertmanagerAlert
	require.NoError(t, am.get("/api/v2/alerts?active=true", &list))
	alerts := map[string]alertmanagerAlert{}
	for _, one := range list {
		alerts[one.Labels["episode"]] = one
	}
	return alerts
}

// notifications returns the notifications about a source, each as its status and its episodes.
func (am *alertmanager) notifications(source string) (list []string) {
	am.mu.Lock()
	defer am.mu.Unlock()
	for _, message := range am.messages {
		if message.GroupLabels["source"] != source {
			continue
		}
		var episodes []string
		for _, one := range message.Alerts {
			episodes = append(episodes, fmt.Sprintf("%s %v", one.Labels["episode"], one.Status))
		}
		slices.Sort(episodes)
		list = append(list, message.Status+": "+strings.Join(episodes, ", "))
	}
	return list
}

// waitFor waits for a notification about a source and checks that none was sent twice. On a busy machine, Alertmanager may
// first notify about a part of a group.
func (am *alertmanager) waitFor(t *testing.T, source, notification string) {
	t.Helper()
	eventually(t, func() bool { return slices.Contains(am.notifications(source), notification) })
	sent := am.notifications(source)
	slices.Sort(sent)
	assert.Equal(t, slices.Compact(slices.Clone(sent)), sent, "sent twice")
}

// startNotifier starts an alert_notifier, which is shut down when the test ends.
func startNotifier(t *testing.T, config map[string]any) exporter.Logs {
	t.Helper()
	factory := alertnotifierexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	notifier, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, notifier.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, notifier.Shutdown(context.Background())) }) //nolint:usetesting // the test's context has ended
	return notifier
}

func sweepAlert(uid, source, scope string, status alert.Status) *alert.Alert {
	now := time.Now().Unix() //nolint:forbidigo // Alertmanager uses the system clock
	return &alert.Alert{
		UID: uid, Status: status, Severity: alert.High, Time: now, FirstSeen: now - 60, LastSeen: now,
		Rule: "external_reject_sweep", Title: "Rejected Sweep", Body: source + " was rejected by 10 hosts.",
		Source: netip.MustParseAddr(source), Scope: scope, Account: scope, Measure: 10, Threshold: 10, Unit: alert.Destinations,
		Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"},
	}
}

func logsOf(alerts ...*alert.Alert) plog.Logs {
	logs := plog.NewLogs()
	alertotlp.Append(logs, "e2e", "", alerts)
	return logs
}

func TestAlertmanagerGroupsAndResolvesAlerts(t *testing.T) {
	am := runAlertmanager(t)
	// The resolve timeout is so short that alerts only stay active because they are sent again.
	notifier := startNotifier(t, map[string]any{
		"group_wait":   "100ms",
		"external_url": "http://dashboard:8765",
		"alertmanager": map[string]any{"endpoint": am.url, "resend_interval": "1s", "resolve_timeout": "3s"},
	})
	first := sweepAlert("a", "203.0.113.7", "111111111111", alert.Opened)
	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(
		first, sweepAlert("b", "203.0.113.7", "222222222222", alert.Opened), sweepAlert("c", "203.0.113.8", "111111111111", alert.Opened))))
	eventually(t, func() bool { return len(am.active(t)) == 3 })
	got := am.active(t)["a"]
	assert.Equal(t, map[string]string{
		"alertname": "Rejected Sweep", "rule": "external_reject_sweep", "severity": "high", "source": "203.0.113.7",
		"scope": "111111111111", "account": "111111111111", "episode": "a",
	}, got.Labels)
	assert.Equal(t, "203.0.113.7 was rejected by 10 hosts.", got.Annotations["summary"])
	assert.Equal(t, "https://attack.mitre.org/techniques/T1595/", got.Annotations["mitre_url"])
	assert.Equal(t, "http://dashboard:8765/alerts/a", got.GeneratorURL)
	assert.Equal(t, first.FirstSeen, got.StartsAt.Unix())

	am.waitFor(t, "203.0.113.7", "firing: a firing, b firing") // one group per rule and source
	am.waitFor(t, "203.0.113.8", "firing: c firing")

	ends := am.active(t)["a"].EndsAt
	eventually(t, func() bool { return am.active(t)["a"].EndsAt.After(ends.Add(3 * time.Second)) })
	assert.Len(t, am.active(t), 3, "alerts that are sent again stay active")

	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweepAlert("a", "203.0.113.7", "111111111111", alert.Resolved))))
	eventually(t, func() bool { return len(am.active(t)) == 2 })
	assert.NotContains(t, am.active(t), "a")
	am.waitFor(t, "203.0.113.7", "firing: a resolved, b firing")

	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweepAlert("b", "203.0.113.7", "222222222222", alert.Resolved))))
	am.waitFor(t, "203.0.113.7", "resolved: b resolved")
	assert.Equal(t, []string{"firing: c firing"}, am.notifications("203.0.113.8"), "no further notification about an open episode")

	require.NoError(t, notifier.Shutdown(t.Context()))
	eventually(t, func() bool { return len(am.active(t)) == 0 })
	eventually(t, func() bool { return len(am.notifications("203.0.113.8")) == 2 })
	assert.Equal(t, "resolved: c resolved", am.notifications("203.0.113.8")[1], "an alert that is not sent again resolves")
}

func TestAlertmanagerThatStartsLaterGetsAllAlerts(t *testing.T) {
	port := freePort(t)
	notifier := startNotifier(t, map[string]any{
		"group_wait":       "10ms",
		"alertmanager":     map[string]any{"endpoint": "http://localhost:" + port},
		"retry_on_failure": map[string]any{"initial_interval": "50ms", "max_interval": "100ms"},
	})
	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweepAlert("a", "203.0.113.7", "111111111111", alert.Opened))))
	am := runAlertmanager(t)
	// Until now, nothing listened on this address.
	proxy := &http.Server{Addr: "localhost:" + port, ReadHeaderTimeout: time.Second, Handler: reverseProxy(t, am.url)}
	ended := make(chan error, 1)
	go func() { ended <- proxy.ListenAndServe() }()
	t.Cleanup(func() {
		require.NoError(t, proxy.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	eventually(t, func() bool { return len(am.active(t)) == 1 })
}

func reverseProxy(t *testing.T, to string) http.Handler {
	t.Helper()
	target, err := url.Parse(to)
	require.NoError(t, err)
	return httputil.NewSingleHostReverseProxy(target)
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 30*time.Second, 20*time.Millisecond)
}
