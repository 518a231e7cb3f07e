// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAlertingRulesPassPromtool(t *testing.T) {
	promtool := program(t, "promtool", "prometheus")
	for _, arguments := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		check := exec.CommandContext(t.Context(), promtool, arguments...)
		check.Dir = "../dashboards"
		output, err := check.CombinedOutput()
		require.NoError(t, err, string(output))
	}
}

// panels decodes the dashboard with Grafana's own types. An unknown field is an error.
func panels(t *testing.T) (found []*dashboard.Panel) {
	t.Helper()
	plugins.RegisterDefaultPlugins()
	text, err := os.ReadFile("../dashboards/vpc-flow-logs.json")
	require.NoError(t, err)
	type form = dashboard.Dashboard //nolint:staticcheck // its successor needs Grafana 12
	require.Empty(t, errorText(new(form).UnmarshalJSONStrict(text)))
	var board form
	require.NoError(t, json.Unmarshal(text, &board))
	require.Empty(t, errorText(board.Validate()))
	for _, panel := range board.Panels {
		if panel.Panel != nil { // otherwise it is the heading of a row
			found = append(found, panel.Panel)
		}
	}
	require.NotEmpty(t, found)
	return found
}

// errorText returns the text of an error. The SDK may return an error without a text if there is no error.
func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestGrafanaDashboardIsValid(t *testing.T) {
	ids := map[uint32]bool{}
	for _, panel := range panels(t) {
		require.False(t, ids[*panel.Id], "two panels have the ID %d", *panel.Id)
		ids[*panel.Id] = true
		assert.NotEmpty(t, panel.Description, *panel.Title)
		for _, target := range panel.Targets {
			assert.Equal(t, "${datasource}", *target.(*prometheus.Dataquery).Datasource.Uid, *panel.Title)
		}
	}
}

// queries returns the queries of the panels by their titles. Grafana's variables are replaced.
func queries(t *testing.T) map[string][]string {
	t.Helper()
	fill := strings.NewReplacer("$instance", ".*", "$__rate_interval", "20s", "$__range", "10m")
	all := map[string][]string{}
	for _, panel := range panels(t) {
		for _, target := range panel.Targets {
			all[*panel.Title] = append(all[*panel.Title], fill.Replace(target.(*prometheus.Dataquery).Expr))
		}
	}
	return all
}

// scraper is a Prometheus that scrapes a collector and evaluates the alerting rules.
type scraper struct{ url string }

// scrape starts a Prometheus and waits until it is ready.
func scrape(t *testing.T, target string) scraper {
	t.Helper()
	folder := t.TempDir()
	rules, err := filepath.Abs("../dashboards/alerts.yaml")
	require.NoError(t, err)
	config := filepath.Join(folder, "prometheus.yml")
	require.NoError(t, os.WriteFile(config, []byte(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [`+rules+`]
scrape_configs: [{job_name: otelcol-vpcflow, static_configs: [{targets: ["`+target+`"]}]}]
`), 0o600))
	s := scraper{"http://localhost:" + freePort(t)}
	start(t, program(t, "prometheus", "prometheus"), "--config.file="+config, "--storage.tsdb.path="+filepath.Join(folder, "data"),
		"--web.listen-address="+strings.TrimPrefix(s.url, "http://"))
	require.Eventually(t, func() bool { return get(t, s.url+"/-/ready", nil) == http.StatusOK }, time.Minute, 50*time.Millisecond)
	return s
}

// series returns the number of series that a query returns.
func (s scraper) series(t *testing.T, query string) int {
	t.Helper()
	var response struct {
		Status, Error string
		Data          struct{ Result []json.RawMessage }
	}
	get(t, s.url+"/api/v1/query?query="+url.QueryEscape(query), &response)
	require.Equal(t, "success", response.Status, "%s: %s", query, response.Error)
	return len(response.Data.Result)
}

// finds waits until a query returns a series.
func (s scraper) finds(t *testing.T, query string) bool {
	t.Helper()
	return assert.Eventually(t, func() bool { return s.series(t, query) > 0 }, 40*time.Second, 200*time.Millisecond, "no result for %s", query)
}

// bucketOf serves a folder as the bucket flow-logs. It returns the key of one of its objects.
func bucketOf(t *testing.T, folder string) (endpoint, key string) {
	t.Helper()
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("flow-logs"))
	require.NoError(t, fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return err
		}
		key = "AWSLogs/" + path
		_, err = backend.PutObject("flow-logs", key, nil, bytes.NewReader(content), int64(len(content)), nil)
		return err
	}))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return server.URL, key
}

// queueOf serves the SQS operations for a queue with one message. The first request is denied.
func queueOf(t *testing.T, key string) (endpoint string) {
	t.Helper()
	body := `{"source": "aws.s3", "detail-type": "Object Created", "time": "2026-03-11T00:00:00Z", "detail": {"bucket": {"name": "flow-logs"}, "object": {"key": "` + key + `"}}}`
	message, err := json.Marshal(map[string]any{"Messages": []map[string]string{
		{"MessageId": "1", "ReceiptHandle": "1", "Body": body, "MD5OfBody": fmt.Sprintf("%x", md5.Sum([]byte(body)))},
	}})
	require.NoError(t, err)
	var requests atomic.Int32
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		switch {
		case r.Header.Get("X-Amz-Target") != "AmazonSQS.ReceiveMessage":
			_, _ = io.WriteString(w, "{}")
		case requests.Add(1) == 1:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"__type": "com.amazonaws.sqs#AccessDenied", "message": "not yet"}`)
		case requests.Load() == 2:
			_, _ = w.Write(message)
		default:
			<-over // there are no more messages
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	return server.URL
}

func TestEveryDashboardQueryHasDataAndSevereAlertsFire(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", http.StatusBadRequest)
	}))
	t.Cleanup(refusing.Close)
	logs, port, firehose := t.TempDir(), freePort(t), freePort(t)
	demo, err := filepath.Abs("../testdata/demo")
	require.NoError(t, err)
	accepting := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(accepting.Close)
	bucket, key := bucketOf(t, filepath.Join(demo, "AWSLogs"))
	collector := launch(t, `
extensions: {file_storage: {directory: `+t.TempDir()+`}}
receivers:
  vpc_flow: {files: {include: [`+logs+`/**/*.log.gz, `+logs+`/*.log], start_at: beginning, poll_interval: 50ms}, storage: file_storage}
  vpc_flow/s3: {s3: {region: eu-west-1, endpoint: "`+bucket+`", force_path_style: true, sqs_queue_url: "`+queueOf(t, key)+`/123456789012/flow-logs"}}
  vpc_flow/firehose: {firehose: {endpoint: "localhost:`+firehose+`"}}
processors:
  vpc_detection:
    storage: file_storage
    threat_lists: [{name: demo, path: `+demo+`/threats.txt}]
    ignore: [{port: 443, reason: web servers, name: web}]
exporters:
  otlp_http/refusing: {endpoint: "`+refusing.URL+`", sending_queue: {sizer: items}}
  alert_notifier: {group_wait: 0s, rate_limit: {notifications: 2}, webhook_configs: [{url: "`+accepting.URL+`"}]}
  nop:
service:
  extensions: [file_storage]
  telemetry: {metrics: {readers: [{pull: {exporter: {prometheus: {host: localhost, port: `+port+`}}}}]}}
  pipelines:
    logs: {receivers: [vpc_flow], processors: [vpc_detection], exporters: [alert_notifier, otlp_http/refusing]}
    logs/others: {receivers: [vpc_flow/s3, vpc_flow/firehose], exporters: [nop]}`)
	s := scrape(t, "localhost:"+port)
	require.Eventually(t, func() bool { return get(t, "http://localhost:"+firehose, nil) == http.StatusMethodNotAllowed }, time.Minute, 50*time.Millisecond)

	// Prometheus computes an increase only for counters that it has seen before they were incremented.
	require.True(t, s.finds(t, `vpc_flow_alerts{rule="remote_service_brute_force", severity="high", status="opened"} == 0`))
	require.NoError(t, os.CopyFS(filepath.Join(logs, "demo"), os.DirFS(demo)))
	require.NoError(t, os.WriteFile(filepath.Join(logs, "bad.log"), []byte("2 123456789012 eni-1 not-an-address 10.0.0.1 1 2 6 1 1 1 1 ACCEPT OK\n"), 0o600))

	for title, panel := range queries(t) {
		for _, query := range panel {
			assert.True(t, s.finds(t, query), title)
		}
	}
	s.finds(t, `ALERTS{alertname="VPCFlowSevereAlert", alertstate="firing", rule="remote_service_brute_force"}`)
	s.finds(t, `ALERTS{alertname="VPCFlowExporterDropped", alertstate="firing"}`)
	collector.interrupt(t)
}
