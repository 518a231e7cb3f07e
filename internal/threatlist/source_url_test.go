// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is the time at which the tests begin.
var noon = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

// serve starts a server that runs until the end of the test. It returns a client and the URL of the server.
func serve(t *testing.T, handler http.HandlerFunc) (*http.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	client := server.Client()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
	})
	return client, server.URL
}

const limit = 1000

func TestURLSourceSendsConditionalRequests(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"7"` && r.Header.Get("If-Modified-Since") == "Wed, 15 Jan 2025 00:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Last-Modified", "Wed, 15 Jan 2025 00:00:00 GMT")
		_, _ = io.WriteString(w, "1.2.3.4\n")
	})
	source := NewURLSource(client, url, limit)
	version, text, err := source.Fetch(t.Context(), noon, Version{})
	require.NoError(t, err)
	assert.Equal(t, Version{ETag: `"7"`, LastModified: "Wed, 15 Jan 2025 00:00:00 GMT", Time: noon}, version)
	assert.Equal(t, "1.2.3.4\n", string(text))
	_, _, err = source.Fetch(t.Context(), noon, version)
	require.ErrorIs(t, err, ErrUnchanged)
	assert.Equal(t, strings.TrimPrefix(url, "http://"), source.String())
}

func TestURLSourceDecompressesGzip(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/encoded" {
			assert.Contains(t, r.Header.Get("Accept-Encoding"), "gzip")
			w.Header().Set("Content-Encoding", "gzip")
		}
		_, _ = w.Write(compress(strings.Repeat("1.2.3.4\n", 125)))
	})
	for name, path := range map[string]string{"Content-Encoding: gzip": "/encoded", "a gzip file": "/list.gz"} {
		_, text, err := NewURLSource(client, url+path, limit).Fetch(t.Context(), noon, Version{})
		require.NoError(t, err, name)
		assert.Len(t, text, limit, name)
		_, _, err = NewURLSource(client, url+path, limit-1).Fetch(t.Context(), noon, Version{})
		assert.ErrorContains(t, err, "is too large: more than 999 bytes", "%s, over the limit", name)
	}
}

func compress(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func TestURLSourceReportsUnusableResponses(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/busy":
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/later":
			w.Header().Set("Retry-After", "Wed, 15 Jan 2025 13:00:00 GMT")
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		case "/short":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "1.2.3.4\n")
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("1.2.3.4\n", 1000))
		}
	})
	for path, want := range map[string]string{
		"/busy":   "the server responded with 429 Too Many Requests and asks to retry after 1m30s",
		"/later":  "the server responded with 503 Service Unavailable and asks to retry after 1h0m0s",
		"/broken": "the server responded with 500 Internal Server Error",
		"/short":  "unexpected EOF",
		"/large":  "is too large: more than 1000 bytes",
	} {
		for _, source := range []Source{NewURLSource(client, url+path, limit)} {
			_, text, err := source.Fetch(t.Context(), noon, Version{})
			require.EqualError(t, err, want)
			assert.Nil(t, text)
		}
	}
}

func TestURLSourceStopsWithTheContext(t *testing.T) {
	received := make(chan struct{})
	client, url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(received)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-received
		cancel()
	}()
	_, _, err := NewURLSource(client, url+"/?key=secret", limit).Fetch(ctx, noon, Version{})
	require.ErrorIs(t, err, context.Canceled)
	assert.NotContains(t, err.Error(), "secret")
}

func TestSourcesDoNotRevealTheURL(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1/?key=secret", "http://[secret", "http://host/%zzsecret", "secret://host"} {
		for _, source := range []Source{NewURLSource(http.DefaultClient, url, limit), NewTAXIISource(http.DefaultClient, url, limit)} {
			_, _, err := source.Fetch(t.Context(), noon, Version{})
			require.Error(t, err)
			assert.NotContains(t, err.Error()+source.String()+source.ID(), "key=")
			assert.NotContains(t, source.ID()+source.String(), "secret")
		}
	}
}
