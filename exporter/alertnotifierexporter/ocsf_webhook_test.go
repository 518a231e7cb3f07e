// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

// findings is a webhook that validates the findings it receives.
type findings struct {
	*httptest.Server
	mu       sync.Mutex
	status   int
	requests [][]string // the finding and its activity
}

func newFindings(t *testing.T) *findings {
	t.Helper()
	table, err := schema.Load()
	require.NoError(t, err)
	f := &findings{status: http.StatusOK}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "application/x-ndjson", r.Header.Get("Content-Type"))
		assert.Equal(t, "secret", r.Header.Get("X-Key"))
		var list []string
		for line := range bytes.Lines(body) {
			assert.NoError(t, table.Validate(bytes.TrimSpace(line)), "%s", line)
			var event struct {
				ActivityName string               `json:"activity_name"`
				FindingInfo  struct{ UID string } `json:"finding_info"`
			}
			assert.NoError(t, json.Unmarshal(line, &event))
			list = append(list, event.FindingInfo.UID+" "+event.ActivityName)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.requests = append(f.requests, list)
		w.WriteHeader(f.status)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *findings) respond(status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = status
}

func (f *findings) take() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	requests := f.requests
	f.requests = nil
	return requests
}

func (f *findings) config() string {
	return noQueue + "ocsf_webhook: {endpoint: " + f.URL + "/hook, headers: {X-Key: secret}}\n"
}

func TestOCSFWebhookReceivesAFindingsLife(t *testing.T) {
	f := newFindings(t)
	r := start(t, f.config())
	a := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, r.send(a, alerttest.ListedDestination()))
	assert.Equal(t, [][]string{{"a Create", "l Create"}}, f.take())
	require.NoError(t, r.send(a, alerttest.Later(alert.Updated, a), alerttest.Later(alert.Resolved, a)))
	assert.Equal(t, [][]string{{"a Update", "a Close"}}, f.take(), "a duplicate is not sent")
	require.NoError(t, r.send(alerttest.Later(alert.Updated, a)))
	assert.Empty(t, f.take(), "a closed finding does not open again")
	assert.Equal(t, map[string]int64{"ocsf_webhook sent": 2}, r.metric("vpc_flow.notifier.notifications"))
}

func TestOCSFWebhookClosesTimedOutFindings(t *testing.T) {
	f := newFindings(t)
	r := start(t, f.config())
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	f.take()
	r.advance(25*time.Hour - time.Second)
	r.tickAll()
	assert.Empty(t, f.take())
	r.advance(time.Second)
	f.respond(http.StatusInternalServerError)
	r.tickAll()
	f.respond(http.StatusOK)
	r.tickAll()
	r.tickAll()
	assert.Equal(t, [][]string{{"a Close"}, {"a Close"}}, f.take(), "once more after a failure")
}

func TestOCSFWebhookErrors(t *testing.T) {
	f := newFindings(t)
	r := start(t, f.config())
	var alerts []*alert.Alert
	for i := range 101 {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint("u", i), "203.0.113.7"))
	}
	f.respond(http.StatusServiceUnavailable)
	unsent, err := r.destinations[0].sender.Send(t.Context(), alerts)
	require.ErrorContains(t, err, "response of the OCSF webhook is 503 Service Unavailable")
	assert.False(t, consumererror.IsPermanent(err))
	assert.Len(t, unsent, 101)
	f.take()
	f.respond(http.StatusForbidden)
	unsent, err = r.destinations[0].sender.Send(t.Context(), alerts)
	assert.True(t, consumererror.IsPermanent(err))
	assert.Empty(t, unsent)
	requests := f.take()
	require.Len(t, requests, 2)
	assert.Len(t, requests[0], 100)
	assert.Len(t, requests[1], 1)
}
