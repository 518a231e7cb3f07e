// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// siem is a server in place of a product. It stores what arrives.
type siem struct {
	*httptest.Server
	mu       sync.Mutex
	requests []siemRequest
}

type siemRequest struct {
	path   string
	header http.Header
	body   []byte
}

func newSIEM(t *testing.T) *siem {
	t.Helper()
	s := new(siem)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body io.Reader = r.Body
		if r.Header.Get("Content-Encoding") == "gzip" {
			unzipped, err := gzip.NewReader(body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			body = unzipped
		}
		content, err := io.ReadAll(body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests = append(s.requests, siemRequest{r.URL.Path, r.Header, content})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *siem) all() []siemRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// findings returns what has arrived as OCSF.
func (s *siem) findings() (lines []byte) {
	for _, r := range s.all() {
		lines = append(append(lines, bytes.TrimSpace(r.body)...), '\n')
	}
	return lines
}

// alerts returns the alerts that have arrived as OTLP.
func (s *siem) alerts(t *testing.T) (list []string) {
	t.Helper()
	for _, r := range s.all() {
		request := plogotlp.NewExportRequest()
		require.NoError(t, request.UnmarshalProto(r.body))
		for a, err := range alertotlp.All(request.Logs()) {
			require.NoError(t, err)
			list = append(list, a.UID+" "+string(a.Status))
		}
	}
	slices.Sort(list)
	return list
}

// TestIntegrationsReceiveTheAlertsOfTheDemo runs each configuration of docs/integrations.md with the demo's flow logs.
func TestIntegrationsReceiveTheAlertsOfTheDemo(t *testing.T) {
	configs := map[string]string{}
	for _, section := range strings.Split(read(t, "docs/integrations.md"), "\n## ")[1:] {
		name, _, _ := strings.Cut(section, "\n")
		_, rest, found := strings.Cut(section, "```yaml\n")
		require.True(t, found, name)
		configs[name], _, _ = strings.Cut(rest, "```")
	}
	t.Chdir("..")
	var wantAlerts, wantFindings []string
	activities := map[string]string{"opened": "Create", "updated": "Update", "resolved": "Close"}
	for _, a := range expected(t) {
		wantAlerts = append(wantAlerts, a.UID+" "+a.Status)
		wantFindings = append(wantFindings, a.UID+" "+a.Rule+" Detection Finding: "+activities[a.Status])
	}
	slices.Sort(wantAlerts)
	slices.Sort(wantFindings)
	demo, err := filepath.Abs("testdata/demo")
	require.NoError(t, err)
	for _, test := range []struct {
		name string
		path string // of a request
		// header and value are what the product knows the sender by.
		header, value string
	}{
		{"Elastic", "/v1/logs", "Authorization", "ApiKey secret"},
		{"Datadog", "/v1/logs", "", ""},
		{"Grafana Loki", "/otlp/v1/logs", "", ""},
		{"Chronicle (Google Security Operations)", "/", "X-Webhook-Access-Key", "secret"},
		{"Panther", "/", "X-Panther-Secret", "secret"},
		{"Splunk", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, folder := newSIEM(t), t.TempDir()
			for _, name := range []string{"ELASTIC_ENDPOINT", "DATADOG_AGENT", "LOKI", "CHRONICLE_FEED", "PANTHER_URL"} {
				t.Setenv(name, server.URL)
			}
			for _, name := range []string{"ELASTIC_API_KEY", "CHRONICLE_API_KEY", "CHRONICLE_SECRET_KEY", "PANTHER_SECRET"} {
				t.Setenv(name, "secret")
			}
			config := strings.NewReplacer("/var/lib/otelcol-vpcflow", folder, "/var/log/otelcol-vpcflow", folder, "/var/log/vpcflow", demo).Replace(configs[test.name])
			collector := launch(t, config,
				"--config", "yaml:processors::vpc_detection::threat_lists: [{name: demo, path: "+filepath.Join(demo, "threats.txt")+"}]",
				"--config", "yaml:processors::vpc_detection::rules::long_connection::enabled: true",
				"--config", "yaml:service::telemetry::metrics::level: none")
			findings := func() []byte { return server.findings() }
			if test.name == "Splunk" {
				findings = func() []byte {
					text, err := os.ReadFile(filepath.Join(folder, "findings.jsonl"))
					if err != nil { // not yet
						return nil
					}
					return text[:bytes.LastIndexByte(text, '\n')+1]
				}
			}
			got, want := func() []string { return findingsOf(t, findings()) }, wantFindings
			if strings.HasSuffix(test.path, "/v1/logs") {
				got, want = func() []string { return server.alerts(t) }, wantAlerts
			}
			require.Eventually(t, func() bool { return len(got()) >= len(want) }, 5*time.Minute, 100*time.Millisecond)
			collector.interrupt(t)
			assert.Equal(t, want, got())
			for _, r := range server.all() {
				assert.Equal(t, test.path, r.path)
				if test.header != "" {
					assert.Equal(t, test.value, r.header.Get(test.header))
				}
			}
		})
	}
	assert.Len(t, configs, 6)
}
