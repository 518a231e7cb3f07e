// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
)

const (
	slack  = 7 * time.Second // more than the jitter of one minute
	broken = "warn: fail to refresh allowlist; the last entries stay in use allowlist=ignore_files[0] "
)

func TestAllowlistURLIsKeptUpToDate(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says("- {source: 10.0.0.1}\n")
	own := write(t, "own.yaml", "- {source: 10.0.0.9}\n")
	r := newHarness(t, fmt.Sprintf("ignore_files: [{url: %q, refresh_interval: 1m}, %q]", s.URL+"/list?key=secret", own)).run()
	assert.Equal(t, []string{"info: allowlist loaded entries=1 allowlist=ignore_files[0]"}, r.messages())
	assert.Empty(t, r.consume(dnsOverTCP(1, 0), dnsOverTCP(9, 0)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(2, 0)))
	assert.EqualValues(t, 1, r.engine.Stats().Ignored["ignore_files[0][0]"], "the name in the metric has no URL")

	s.says("- {source: [10.0.0.1, 10.0.0.3]}\n")
	r.tick(time.Minute - time.Second)
	assert.EqualValues(t, 1, s.asked.Load(), "before the interval")
	r.tick(slack)
	assert.EqualValues(t, 2, s.asked.Load())
	assert.Empty(t, r.consume(dnsOverTCP(3, 0)))

	rewrite(t, own, "- {source: 10.0.0.8}\n")
	r.tick(0)
	assert.Empty(t, r.consume(dnsOverTCP(3, 1), dnsOverTCP(8, 0)), "a changed file does not affect the URL")
	s.says("[]")
	r.tick(time.Minute + slack)
	assert.NotEmpty(t, r.consume(dnsOverTCP(3, 2)))
	assert.Empty(t, r.consume(dnsOverTCP(8, 1)))
}

func TestUnchangedAllowlistIsNotSentAgain(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(w, "- {source: 10.0.0.1}\n")
	})
	r := newHarness(t, fmt.Sprintf("ignore_files: [%q]", s.URL)).run()
	r.messages()
	r.tick(6 * time.Minute)
	r.tick(6 * time.Minute)
	assert.EqualValues(t, 3, s.asked.Load())
	assert.Empty(t, r.messages())
	assert.Empty(t, r.consume(dnsOverTCP(1, 0)))
}

func TestBrokenAllowlistKeepsTheLastGoodCopy(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"error of the server": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "the server responded with 502 Bad Gateway"},
		"closed connection":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		"redirect of credentials": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/secret", http.StatusFound)
		}, "the server redirects to another scheme or host, which must not receive the credentials of the list"},
		"too large":      {answer("- {source: 10.0.0.2, reason: " + strings.Repeat("x", 100) + "}"), "is too large: more than 100 bytes"},
		"empty":          {answer("# nothing"), "ignore_files[0]: the new copy is empty; a list without entries is []"},
		"page":           {answer("<html>secret</html>"), "ignore_files[0]: the new copy is not a list of entries"},
		"not YAML":       {answer("{"), "ignore_files[0]: is not YAML: yaml: line 1: did not find expected node content"},
		"unknown key":    {answer("- {source: 10.0.0.1}\n- {sauce: 10.0.0.1}"), "ignore_files[0][1]::sauce: there is no such setting; "},
		"no condition":   {answer("- {name: all}"), "ignore_files[0][0]: has none of source, destination"},
		"unknown source": {answer("- {source: host}"), `ignore_files[0][0]::source[0]: "host" is neither an address nor a CIDR`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, httptest.NewServer)
			s.says("- {source: 10.0.0.1}\n")
			r := newHarness(t, fmt.Sprintf("ignore_files: [{url: %q, refresh_interval: 1m, max_response_bytes: 100, headers: {Key: secret}}]", s.URL+"/secret?key=secret")).run()
			r.messages()
			s.answers(test.answer)
			r.tick(time.Minute + slack)
			messages := r.messages()
			require.Len(t, messages, 1)
			assert.True(t, strings.HasPrefix(messages[0], broken+"failures=1 error="+test.want), "want %s\n got %s", test.want, messages[0])
			assert.NotContains(t, messages[0], "secret")
			assert.Empty(t, r.consume(dnsOverTCP(1, 0)), "the last good copy")

			s.says("- {source: 10.0.0.2}\n")
			r.tick(time.Minute + slack)
			assert.Empty(t, r.consume(dnsOverTCP(2, 0)), "after the failure")
		})
	}
}

func answer(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func TestWarningsAboutAnAllowlistAreSampled(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.fails(http.StatusNotFound)
	r := newHarness(t, fmt.Sprintf("ignore_files: [{url: %q, refresh_interval: 1m}]", s.URL)).run()
	const missing = "error=the server responded with 404 Not Found"
	assert.Equal(t, []string{broken + "failures=1 " + missing}, r.messages(), "the start succeeds")
	for range 8 {
		r.tick(time.Minute + slack)
	}
	assert.Empty(t, r.messages())
	r.tick(time.Minute + slack)
	assert.Equal(t, []string{broken + "failures=9 " + missing}, r.messages())
}

func TestAllowlistHonorsRetryAfter(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	r := newHarness(t, fmt.Sprintf("ignore_files: [%q]", s.URL)).run()
	r.tick(time.Hour - time.Second)
	assert.EqualValues(t, 1, s.asked.Load())
	r.tick(time.Second)
	assert.EqualValues(t, 2, s.asked.Load())
}

func TestServerOfAnAllowlistThatHangsDoesNotBlockTheStart(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	r := newHarness(t, fmt.Sprintf("ignore_files: [%q]", s.URL))
	assert.Equal(t, 5*time.Second, r.firstFetch)
	r.firstFetch = 10 * time.Millisecond
	r.run()
	assert.Equal(t, []string{"warn: allowlist server is slow; startup does not wait for it allowlist=ignore_files[0]"}, r.messages())
	assert.NotEmpty(t, r.consume(dnsOverTCP(1, 0)))
	s.says("- {source: 10.0.0.2}\n")
	r.tick(0)
	assert.Equal(t, []string{"info: allowlist loaded entries=1 allowlist=ignore_files[0]"}, r.messages(), "in the background, without a wait")
	assert.Empty(t, r.consume(dnsOverTCP(2, 0)))

	hangs := make(chan struct{})
	s.answers(func(_ http.ResponseWriter, r *http.Request) {
		close(hangs)
		<-r.Context().Done()
	})
	r.pass(time.Hour)
	r.reloading.Go(r.reloads[0])
	<-hangs
	r.stop()
	assert.Empty(t, r.messages(), "shutdown is not a failure")
}

func TestAllowlistSurvivesARestartWhileTheServerIsDown(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says("- {source: 10.0.0.1}\n")
	dir := t.TempDir()
	yaml := fmt.Sprintf("{storage: file_storage, ignore_files: [a, {url: %q, refresh_interval: 1m}]}", s.URL)
	yaml = strings.Replace(yaml, "[a,", fmt.Sprintf("[%q,", write(t, "own.yaml", "[]")), 1)
	newHarness(t, yaml).useFileStorage(dir).run().stop()

	s.fails(http.StatusInternalServerError)
	r := newHarness(t, yaml).useFileStorage(dir)
	r.pass(time.Hour)
	r.run()
	assert.Equal(t, []string{"info: allowlist loaded entries=1 allowlist=ignore_files[1]"}, r.messages())
	r.tick(0)
	assert.EqualValues(t, 2, s.asked.Load())
	assert.Len(t, r.messages(), 1)
	assert.Empty(t, r.consume(dnsOverTCP(1, 0)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(2, 0)))
	r.stop()

	s.says("- {source: 10.0.0.2}\n")
	moved := newHarness(t, strings.Replace(yaml, s.URL, s.URL+"/new", 1)).useFileStorage(dir).run()
	assert.Empty(t, moved.consume(dnsOverTCP(2, 0)), "another URL is another list")
	assert.NotEmpty(t, moved.consume(dnsOverTCP(1, 0)))
}

func TestStartFailsIfTheClientOfAnAllowlistIsMisconfigured(t *testing.T) {
	for more, want := range map[string]string{
		"auth: {authenticator: nobody}": `ignore_files[1]: failed to resolve authenticator "nobody"`,
		"tls: {ca_file: /absent.pem}":   `ignore_files[1]: failed to load TLS config`,
	} {
		r := newHarness(t, fmt.Sprintf("ignore_files: [%q, {url: 'http://127.0.0.1:1', %s}]", write(t, "own.yaml", "[]"), more))
		r.extensions = map[component.ID]component.Component{}
		require.ErrorContains(t, r.Start(t.Context(), r), want)
		r.stop()
	}
	r := newHarness(t, "{storage: keep, ignore_files: ['http://127.0.0.1:1']}")
	r.extensions = map[component.ID]component.Component{}
	require.ErrorContains(t, r.Start(t.Context(), r), `storage: extension "keep" is not among the extensions`)
	r.stop()
}
