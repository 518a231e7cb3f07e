// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// alertSink receives alerts by OTLP and keeps each (uid, status) once. It refuses some requests.
type alertSink struct {
	t      *testing.T
	server *httptest.Server
	// unreliable makes the sink refuse some requests, or close the connection after it has received the alerts.
	unreliable atomic.Bool

	mu       sync.Mutex
	alerts   map[string]string // description by uid and status
	opened   map[string]bool   // sources of opened alerts
	received int
}

func newAlertSink(t *testing.T) *alertSink {
	t.Helper()
	s := &alertSink{t: t, alerts: map[string]string{}, opened: map[string]bool{}}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

// ServeHTTP implements http.Handler.
func (s *alertSink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return // The collector was killed.
	}
	choice := rand.IntN(20)
	if s.unreliable.Load() && choice == 0 {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	logs, err := new(plog.JSONUnmarshaler).UnmarshalLogs(text)
	if !assert.NoError(s.t, err) {
		return
	}
	s.mu.Lock()
	for a, err := range alertotlp.All(logs) {
		assert.NoError(s.t, err)
		s.alerts[a.UID+" "+string(a.Status)] = fmt.Sprintf("%s from %s to %s", a.Rule, a.Source, a.Destination)
		if a.Status == alert.Opened {
			s.opened[a.Source.String()] = true
		}
		s.received++
	}
	s.mu.Unlock()
	if s.unreliable.Load() && choice == 1 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "{}")
}

// snapshot returns the alerts, and how many were received, with repetitions.
func (s *alertSink) snapshot() (alerts map[string]string, received int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.alerts), s.received
}

// notOpened returns the sources without an alert.
func (s *alertSink) notOpened(sources []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(sources), func(source string) bool { return s.opened[source] })
}

// difference describes the alerts that are missing in got, and those that are only in got. It returns "" if there are none.
func difference(want, got map[string]string) (text string) {
	describe := func(what string, a, b map[string]string) {
		n := 0
		for _, key := range slices.Sorted(maps.Keys(a)) {
			if _, ok := b[key]; ok {
				continue
			}
			if n++; n <= 5 {
				text += fmt.Sprintf("%s: %s: %s\n", what, key, a[key])
			}
		}
		if n > 5 {
			text += fmt.Sprintf("%s: %d in total\n", what, n)
		}
	}
	describe("missing", want, got)
	describe("unexpected", got, want)
	return text
}

// hostileDestinations returns webhooks that hang, answer nonsense, redirect or close the connection. The test fails if a
// redirect is followed.
func hostileDestinations(t *testing.T) map[string]string {
	t.Helper()
	end := make(chan struct{})
	handlers := map[string]http.HandlerFunc{
		"hang": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-end:
			case <-r.Context().Done():
			}
		},
		"nonsense": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200 + rand.IntN(400))
			_, _ = w.Write(slices.Repeat([]byte("\xff{\x00"), 100_000))
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "/", r.URL.Path, "a redirect is followed")
			http.Redirect(w, r, "/other", http.StatusMovedPermanently)
		},
		"close": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
	addresses := map[string]string{}
	for name, handler := range handlers {
		server := httptest.NewServer(handler)
		t.Cleanup(func() {
			server.CloseClientConnections()
			server.Close()
		})
		addresses[name] = server.URL + "/"
	}
	t.Cleanup(func() { close(end) })
	require.NotEmpty(t, addresses)
	return addresses
}
