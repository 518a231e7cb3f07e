// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package collectorhealth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is set by the test.
type clock struct{ time time.Time }

func (c *clock) now() time.Time { return c.time }

// newTestReader returns a Reader of a handler's responses.
func newTestReader(t *testing.T, handler http.HandlerFunc) (*Reader, *clock) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c := &clock{time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)}
	r := NewReader(server.URL+"/metrics", c.now)
	r.timeout = time.Hour // also on a busy machine
	t.Cleanup(r.Close)
	return r, c
}

func sample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/collector.prom")
	require.NoError(t, err)
	return string(text)
}

func respond(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

// wanted returns the report of the sample.
func wanted(read time.Time) Report {
	return Report{
		Read: read,
		Receiver: Receiver{
			Records: 174187, BadLines: map[string]uint64{"too_few_fields": 12},
			Refused: map[string]uint64{"permanent": 13}, Files: map[string]uint64{"read": 80},
		},
		Detection: Detection{
			Evaluated: map[string]uint64{"reply": 5040, "request": 7}, RoleEvidence: map[string]uint64{"flags": 5000, "ports": 47}, Skipped: map[string]uint64{"hop": 2218},
			Lag:         map[string]time.Duration{"111122223333": 5 * time.Minute, "": 0},
			Untimely:    map[string]uint64{"111122223333": 430},
			Ignored:     map[string]uint64{"scanner": 8},
			EvictedKeys: map[string]uint64{"new_internal_peer": 11}, EvictedScopes: 14,
			PendingAlerts: 1, LostAlerts: 2, FailedCheckpoints: 6,
		},
		ThreatLists: []ThreatList{
			{Name: "feodo", Failures: 3},
			{Name: "own", Entries: 5, Age: 7676 * time.Second, Matches: 24},
		},
		Exporters: []Exporter{
			{Name: "otlp_http", Sent: 52, Failed: 7, Refused: 5, Queued: 20, Capacity: 1000},
			{Name: "vpc_dashboard", Sent: 1_500_000},
		},
	}
}

func TestTheReportContainsTheMetrics(t *testing.T) {
	r, c := newTestReader(t, respond(sample(t)))
	assert.Equal(t, wanted(c.time), r.Report(t.Context()))
}

func TestMetricNamesMayHaveAllFormsOfTheCollector(t *testing.T) {
	for name, write := range map[string]func(string) string{
		"counters end in total": func(text string) string {
			var lines []string
			for line := range strings.Lines(text) {
				if name, _, ok := strings.Cut(line, "{"); ok && strings.Contains(text, "# TYPE "+name+" counter") {
					line = strings.Replace(line, name, name+"_total", 1)
				}
				if name, rest, ok := strings.Cut(line, " counter"); ok {
					line = name + "_total counter" + rest
				}
				lines = append(lines, line)
			}
			return strings.NewReplacer("vpc_flow_receiver_records ", "vpc_flow_receiver_records_total ",
				"scopes_evicted ", "scopes_evicted_total ", "lost ", "lost_total ", "checkpoints_failed ", "checkpoints_failed_total ",
				"_total counter_total", "_total counter", "_total_total", "_total").Replace(strings.Join(lines, ""))
		},
		"units are appended": func(text string) string {
			return strings.NewReplacer("list_age", "list_age_seconds", "watermark_lag", "watermark_lag_seconds").Replace(text)
		},
		"dots are kept": func(text string) string {
			return strings.NewReplacer(
				`vpc_flow_flows{`, `{"vpc_flow.flows",`, `vpc_flow_flows counter`, `"vpc_flow.flows" counter`,
				`vpc_flow_threat_list_age{`, `{"vpc_flow.threat_list.age",`, `vpc_flow_threat_list_age gauge`, `"vpc_flow.threat_list.age" gauge`,
			).Replace(text)
		},
		"no TYPE lines": func(text string) string {
			var lines []string
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(line, "#") {
					lines = append(lines, line)
				}
			}
			return strings.Join(lines, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, c := newTestReader(t, respond(write(sample(t))))
			assert.Equal(t, wanted(c.time), r.Report(t.Context()))
		})
	}
}

func TestACollectorWithoutOurComponentsHasAnEmptyReport(t *testing.T) {
	r, _ := newTestReader(t, respond("go_goroutines 5\n"))
	h := r.Report(t.Context())
	assert.Empty(t, h.Unavailable)
	assert.Empty(t, h.ThreatLists)
	assert.Empty(t, h.Exporters)
	assert.Zero(t, h.Receiver.Records)
}

func TestReadErrorsAreReported(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"another status": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, "/metrics returned status 418 I'm a teapot"},
		"no metrics":     {respond("<html>"), "did not return Prometheus metrics"},
		"too many bytes": {respond(strings.Repeat("# a comment that goes on and on\n", 300)), "returned more than 8192 bytes"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, "redirects are not followed"},
		"a truncated body": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x 1"))
		}, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			r, c := newTestReader(t, tt.handler)
			r.maxSize = 8192
			h := r.Report(t.Context())
			assert.Contains(t, h.Unavailable, tt.want)
			assert.Equal(t, Report{Unavailable: h.Unavailable, Read: c.time}, h)
		})
	}
}

func TestErrorsContainNoSecrets(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	r := NewReader(strings.Replace(server.URL, "http://", "http://me:secret@", 1), time.Now)
	h := r.Report(t.Context())
	assert.Contains(t, h.Unavailable, "connection refused")
	assert.NotContains(t, h.Unavailable, "secret")

	server = httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	r = NewReader(strings.Replace(server.URL, "http://", "http://me:secret@", 1), time.Now)
	defer r.Close()
	h = r.Report(t.Context())
	assert.Contains(t, h.Unavailable, "returned status 404")
	assert.NotContains(t, h.Unavailable, "secret")
}

func TestReportsAreCached(t *testing.T) {
	var requests atomic.Int64
	r, c := newTestReader(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	})
	for _, tt := range []struct {
		later time.Duration
		want  int64
	}{
		{0, 1}, {0, 1}, {cacheTime - 1, 1}, {1, 2}, {-time.Hour, 3}, {cacheTime, 4},
	} {
		c.time = c.time.Add(tt.later)
		r.Report(t.Context())
		assert.Equal(t, tt.want, requests.Load())
	}
}

func TestACanceledCallerDoesNotCancelTheRequest(t *testing.T) {
	r, c := newTestReader(t, respond(sample(t)))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, wanted(c.time), r.Report(canceled))
}

func TestASlowCollectorDelaysAPageUpToTheTimeout(t *testing.T) {
	release := make(chan struct{})
	r, _ := newTestReader(t, func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-release:
		case <-request.Context().Done():
		}
	})
	defer close(release)
	assert.Less(t, requestTimeout, 5*time.Second)
	r.timeout = 10 * time.Millisecond
	h := r.Report(t.Context())
	assert.Contains(t, h.Unavailable, "deadline exceeded")
}

func TestExtremeSamplesBecomeCounts(t *testing.T) {
	r, _ := newTestReader(t, respond("vpc_flow_receiver_records NaN\nvpc_flow_scopes_evicted +Inf\nvpc_flow_alerts_lost -1e300\n"+
		"vpc_flow_watermark_lag{scope=\"x\"} 1e300\nvpc_flow_alerts_pending 0.9\n"))
	h := r.Report(t.Context())
	require.Empty(t, h.Unavailable)
	assert.Zero(t, h.Receiver.Records)
	assert.NotZero(t, h.Detection.EvictedScopes)
	assert.Zero(t, h.Detection.LostAlerts)
	assert.Zero(t, h.Detection.PendingAlerts)
	assert.Positive(t, h.Detection.Lag["x"])
}
