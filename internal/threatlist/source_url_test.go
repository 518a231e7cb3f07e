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

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests begin.
var noon = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

// serve answers by the handler until the end of the test.
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

func TestPageIsAskedForByWhatIsKnownOfTheLastCopy(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"7"` && r.Header.Get("If-Modified-Since") == "Wed, 15 Jan 2025 00:00:00 GMT" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Last-Modified", "Wed, 15 Jan 2025 00:00:00 GMT")
		_, _ = io.WriteString(w, "1.2.3.4\n")
	})
	page := NewURLSource(client, url, limit)
	head, text, err := page.Fetch(t.Context(), noon, Version{})
	require.NoError(t, err)
	assert.Equal(t, Version{ETag: `"7"`, LastModified: "Wed, 15 Jan 2025 00:00:00 GMT", Time: noon}, head)
	assert.Equal(t, "1.2.3.4\n", string(text))
	_, _, err = page.Fetch(t.Context(), noon, head)
	require.ErrorIs(t, err, ErrUnchanged)
	assert.Equal(t, strings.TrimPrefix(url, "http://"), page.String())
}

func TestPageIsUnpacked(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/encoded" {
			assert.Contains(t, r.Header.Get("Accept-Encoding"), "gzip")
			w.Header().Set("Content-Encoding", "gzip")
		}
		_, _ = w.Write(packed(strings.Repeat("1.2.3.4\n", 125)))
	})
	for name, path := range map[string]string{"packed on its way": "/encoded", "a packed file": "/list.gz"} {
		_, text, err := NewURLSource(client, url+path, limit).Fetch(t.Context(), noon, Version{})
		require.NoError(t, err, name)
		assert.Len(t, text, limit, name)
		_, _, err = NewURLSource(client, url+path, limit-1).Fetch(t.Context(), noon, Version{})
		assert.ErrorContains(t, err, "is too large: more than 999 bytes", "%s, beyond the limit", name)
	}
}

func packed(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func TestAnswersThatAreNoListAreErrors(t *testing.T) {
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
		"/busy":   "the server answered 429 Too Many Requests, to be asked again after 1m30s",
		"/later":  "the server answered 503 Service Unavailable, to be asked again after 1h0m0s",
		"/broken": "the server answered 500 Internal Server Error",
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

func TestServerThatDoesNotAnswerIsLeftWhenTheTimeIsUp(t *testing.T) {
	asked := make(chan struct{})
	client, url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, _, err := NewURLSource(client, url+"/?key=secret", limit).Fetch(ctx, noon, Version{})
	require.ErrorIs(t, err, context.Canceled)
	assert.NotContains(t, err.Error(), "secret")
}

func TestErrorsDoNotTellTheURL(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1/?key=secret", "http://[secret", "http://host/%zzsecret", "secret://host"} {
		for _, source := range []Source{NewURLSource(http.DefaultClient, url, limit), NewTAXIISource(http.DefaultClient, url, limit)} {
			_, _, err := source.Fetch(t.Context(), noon, Version{})
			require.Error(t, err)
			assert.NotContains(t, err.Error()+source.String()+source.ID(), "key=")
			assert.NotContains(t, source.ID()+source.String(), "secret")
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "99999999999": 0,
		"Wed, 15 Jan 2025 12:00:01 GMT": time.Second, "Wed, 15 Jan 2025 11:00:00 GMT": 0,
	} {
		assert.Equal(t, want, retryAfter(text, noon), text)
	}
}

func TestCollectionIsFetchedPageByPage(t *testing.T) {
	pages := map[string]string{
		"":  `{"more":true,"next":"b","objects":[{"id":"1"},{"id":"2"}]}`,
		"b": `{"more":true,"next":"c"}`,
		"c": `{"objects":[{"id":"3"}]}`,
	}
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/api/collections/1/objects/", r.URL.Path)
		assert.Equal(t, "application/taxii+json;version=2.1", r.Header.Get("Accept"))
		assert.Equal(t, "indicator", r.URL.Query().Get("match[type]"))
		assert.Equal(t, "k", r.URL.Query().Get("key"), "what the user asked for")
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("next")])
	})
	for _, path := range []string{"/api/collections/1", "/api/collections/1/", "/api/collections/1/objects", "/api/collections/1/objects/"} {
		head, text, err := NewTAXIISource(client, url+path+"?key=k", limit).Fetch(t.Context(), noon, Version{})
		require.NoError(t, err)
		assert.Equal(t, Version{Time: noon}, head)
		assert.JSONEq(t, `{"type":"bundle","objects":[{"id":"1"},{"id":"2"},{"id":"3"}]}`, string(text))
	}
	_, _, err := NewTAXIISource(client, url+"/api/collections/1?key=k", 100).Fetch(t.Context(), noon, Version{})
	require.ErrorIs(t, err, boundedread.ErrTooLarge, "all pages together")

	pages["c"] = `{"more":true,"next":"b"}`
	fetch := func() error {
		_, _, err := NewTAXIISource(client, url+"/api/collections/1?key=k", limit).Fetch(t.Context(), noon, Version{})
		return err
	}
	require.EqualError(t, fetch(), "TAXII: the server says that there is more, but not where", "in a circle")
	pages["c"] = `{"more":true}`
	require.EqualError(t, fetch(), "TAXII: the server says that there is more, but not where")
	pages["c"] = "<html>"
	assert.ErrorContains(t, fetch(), "TAXII: the answer is not a page of objects: ")
}
