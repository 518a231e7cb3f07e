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

// alertmanager is a real Alertmanager, and what it has told its own webhook.
type alertmanager struct {
	url string

	mu   sync.Mutex
	told []alertmanagerMessage
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
	// Status is an object by the API and a text in a webhook.
	Status any `json:"status"`
}

// runAlertmanager starts the Alertmanager of Debian's package, which groups by rule and source.
func runAlertmanager(t *testing.T) *alertmanager {
	t.Helper()
	binary := program(t, "prometheus-alertmanager", "prometheus-alertmanager")
	am := &alertmanager{}
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message alertmanagerMessage
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&message))
		am.mu.Lock()
		defer am.mu.Unlock()
		am.told = append(am.told, message)
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
	var said strings.Builder
	run.Stderr = &said
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = run.Process.Kill() // it has ended with the test's context
		_ = run.Wait()
		if t.Failed() {
			t.Log(said.String())
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

// active returns the alerts that last, by their episodes.
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

// tellings returns what has been told about a source, each time as the status and the episodes.
func (am *alertmanager) tellings(source string) (list []string) {
	am.mu.Lock()
	defer am.mu.Unlock()
	for _, message := range am.told {
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

// tells waits until something has been told about a source, and sees that nothing has been told twice. On a busy machine
// Alertmanager may tell of a part of a group first.
func (am *alertmanager) tells(t *testing.T, source, what string) {
	t.Helper()
	eventually(t, func() bool { return slices.Contains(am.tellings(source), what) })
	told := am.tellings(source)
	slices.Sort(told)
	assert.Equal(t, slices.Compact(slices.Clone(told)), told, "told twice")
}

// notifying runs an alert_notifier until the end of the test.
func notifying(t *testing.T, config map[string]any) exporter.Logs {
	t.Helper()
	factory := alertnotifierexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(config).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	made, err := factory.CreateLogs(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) }) //nolint:usetesting // that of the test has ended then
	return made
}

func sweeping(uid, source, scope string, status alert.Status) *alert.Alert {
	now := time.Now().Unix() //nolint:forbidigo // Alertmanager has the real time
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

func TestARealAlertmanagerReceivesGroupsAndResolvesAlerts(t *testing.T) {
	am := runAlertmanager(t)
	// The time after which an episode ends by itself is so short that only sending it again keeps it.
	notifier := notifying(t, map[string]any{
		"group_wait":   "100ms",
		"external_url": "http://dashboard:8765",
		"alertmanager": map[string]any{"endpoint": am.url, "resend_interval": "1s", "resolve_timeout": "3s"},
	})
	first := sweeping("a", "203.0.113.7", "111111111111", alert.Opened)
	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(
		first, sweeping("b", "203.0.113.7", "222222222222", alert.Opened), sweeping("c", "203.0.113.8", "111111111111", alert.Opened))))
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

	am.tells(t, "203.0.113.7", "firing: a firing, b firing") // a rule and a source make a group
	am.tells(t, "203.0.113.8", "firing: c firing")

	ends := am.active(t)["a"].EndsAt
	eventually(t, func() bool { return am.active(t)["a"].EndsAt.After(ends.Add(3 * time.Second)) })
	assert.Len(t, am.active(t), 3, "what is sent again lasts")

	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweeping("a", "203.0.113.7", "111111111111", alert.Resolved))))
	eventually(t, func() bool { return len(am.active(t)) == 2 })
	assert.NotContains(t, am.active(t), "a")
	am.tells(t, "203.0.113.7", "firing: a resolved, b firing")

	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweeping("b", "203.0.113.7", "222222222222", alert.Resolved))))
	am.tells(t, "203.0.113.7", "resolved: b resolved")
	assert.Equal(t, []string{"firing: c firing"}, am.tellings("203.0.113.8"), "of what goes on nothing more is told")

	require.NoError(t, notifier.Shutdown(t.Context()))
	eventually(t, func() bool { return len(am.active(t)) == 0 })
	eventually(t, func() bool { return len(am.tellings("203.0.113.8")) == 2 })
	assert.Equal(t, "resolved: c resolved", am.tellings("203.0.113.8")[1], "what nobody sends again any more ends by itself")
}

func TestARealAlertmanagerThatComesLaterMissesNothing(t *testing.T) {
	port := freePort(t)
	notifier := notifying(t, map[string]any{
		"group_wait":       "10ms",
		"alertmanager":     map[string]any{"endpoint": "http://localhost:" + port},
		"retry_on_failure": map[string]any{"initial_interval": "50ms", "max_interval": "100ms"},
	})
	require.NoError(t, notifier.ConsumeLogs(t.Context(), logsOf(sweeping("a", "203.0.113.7", "111111111111", alert.Opened))))
	am := runAlertmanager(t)
	// It is found under the address that was down until now.
	proxy := &http.Server{Addr: "localhost:" + port, ReadHeaderTimeout: time.Second, Handler: forwarding(t, am.url)}
	ended := make(chan error, 1)
	go func() { ended <- proxy.ListenAndServe() }()
	t.Cleanup(func() {
		require.NoError(t, proxy.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	eventually(t, func() bool { return len(am.active(t)) == 1 })
}

func forwarding(t *testing.T, to string) http.Handler {
	t.Helper()
	target, err := url.Parse(to)
	require.NoError(t, err)
	return httputil.NewSingleHostReverseProxy(target)
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 30*time.Second, 20*time.Millisecond)
}
