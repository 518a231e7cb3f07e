// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

// request is a request that a server has received.
type request struct {
	path   string
	header http.Header
	body   map[string]any
	list   []any // in place of the body, if that is a list
}

// server is an HTTP server that records requests.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
	handler  http.HandlerFunc // nil means status 200
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has canceled the request
		}
		got := request{path: r.URL.Path, header: r.Header}
		if json.Unmarshal(text, &got.body) != nil {
			assert.NoError(t, json.Unmarshal(text, &got.list), string(text))
		}
		s.mu.Lock()
		handler := s.handler
		s.requests = append(s.requests, got)
		s.mu.Unlock()
		if handler != nil {
			handler(w, r)
			return
		}
		_, _ = io.WriteString(w, "ok")
	}))
	t.Cleanup(s.Close)
	return s
}

// respond sets the status and the headers of all further responses.
func (s *server) respond(status int, header ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		if status < 300 {
			_, _ = io.WriteString(w, "ok")
		}
	}
}

// takeRequests returns the requests since the last call.
func (s *server) takeRequests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// count returns the number of requests since the last call of takeRequests.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}
