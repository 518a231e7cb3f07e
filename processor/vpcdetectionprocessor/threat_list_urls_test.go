// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// site is a web server whose response can change.
type site struct {
	*httptest.Server
	answer atomic.Pointer[http.HandlerFunc]
	asked  atomic.Int64
}

func newSite(t *testing.T, serve func(http.Handler) *httptest.Server) *site {
	t.Helper()
	s := new(site)
	s.Server = serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) answers(answer http.HandlerFunc) { s.answer.Store(&answer) }

func (s *site) says(text string) {
	s.answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func (s *site) fails(status int) {
	s.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

const listed = "130.239.200.66\n130.239.200.67\n"

func TestThreatListURLIsFetchedAtStartupAndPeriodically(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says(listed)
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q, refresh_interval: 1h}]", s.URL)).run()
	assert.Equal(t, []string{"info: threat list loaded list=web entries=2 skipped=0"}, r.messages())
	assert.Equal(t, []string{"suspicious_destination 130.239.200.66 web"}, r.consume(outbound(1, "130.239.200.66")))

	s.says("130.239.200.68\n" + listed)
	r.tick(time.Hour - time.Second)
	assert.EqualValues(t, 1, s.asked.Load(), "before the interval")
	r.tick(time.Second + 6*time.Minute) // more than the greatest jitter
	assert.EqualValues(t, 2, s.asked.Load())
	assert.Equal(t, []string{"suspicious_destination 130.239.200.68 web"}, r.consume(outbound(1, "130.239.200.68")))

	s.fails(http.StatusInternalServerError)
	r.messages()
	r.tick(66 * time.Minute)
	assert.Equal(t, []string{"warn: fail to refresh threat list; the last entries stay in use list=web entries=3 " +
		"error=the server responded with 500 Internal Server Error"}, r.messages())
	assert.Equal(t, []string{"suspicious_destination 130.239.200.67 web"}, r.consume(outbound(1, "130.239.200.67")), "the last good copy")
}

func TestStartSucceedsIfAThreatListCannotBeFetched(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.fails(http.StatusServiceUnavailable)
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q}]", s.URL+"/list?key=secret")).run()
	messages := r.messages()
	assert.Equal(t, []string{"warn: fail to refresh threat list; the last entries stay in use list=web entries=0 " +
		"error=the server responded with 503 Service Unavailable"}, messages)
	assert.Empty(t, r.consume(outbound(1, "130.239.200.66")))
	s.says(listed)
	r.tick(6 * time.Minute)
	assert.NotEmpty(t, r.consume(outbound(1, "130.239.200.66")), "after a retry")
}

func TestServerThatHangsDelaysNeitherFilesNorShutdown(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says(listed)
	path := write(t, "own.txt", "130.239.200.1\n")
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q}, {name: own, path: %q}]", s.URL, path)).run()
	hangs := make(chan struct{})
	s.answers(func(_ http.ResponseWriter, r *http.Request) {
		close(hangs)
		<-r.Context().Done()
	})
	rewrite(t, path, "130.239.200.2\n")
	r.pass(7 * time.Hour)
	r.reloading.Go(r.reloads[0])
	<-hangs
	r.reloads[1]()
	assert.Equal(t, []string{"suspicious_destination 130.239.200.2 own"}, r.consume(outbound(1, "130.239.200.2")))
	r.messages()
	r.stop()
	assert.Empty(t, r.messages(), "shutdown is not an error")
}

func TestServerOfAThreatListThatHangsDoesNotBlockTheStart(t *testing.T) {
	for _, format := range []string{"plain", "taxii"} {
		t.Run(format, func(t *testing.T) {
			s := newSite(t, httptest.NewServer)
			s.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q, format: %s}]", s.URL, format))
			r.firstFetch = 10 * time.Millisecond
			r.run()
			assert.Equal(t, []string{"warn: threat list server is slow; startup does not wait for it list=web"}, r.messages())
			assert.Empty(t, r.consume(outbound(1, "130.239.200.66")))
			s.says(listed)
			if format == "taxii" {
				s.says(`{"objects":[{"type":"indicator","spec_version":"2.1","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '130.239.200.66']","valid_from":"2020-01-01T00:00:00Z"}]}`)
			}
			r.tick(0)
			assert.Equal(t, []string{"suspicious_destination 130.239.200.66 web"}, r.consume(outbound(2, "130.239.200.66")), "fetched in the background, without a wait")
		})
	}
}

func TestThreatListRequestUsesHeadersAndTLS(t *testing.T) {
	s := newSite(t, httptest.NewTLSServer)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Key") != "secret" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"data":[{"ipAddress":"130.239.200.66"}]}`)
	})
	ca := write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: abuse, url: %q, headers: {Key: secret}, tls: {ca_file: %q}, timeout: 10s, format: abuseipdb}]", s.URL, ca)).run()
	assert.Equal(t, []string{"suspicious_destination 130.239.200.66 abuse"}, r.consume(outbound(1, "130.239.200.66")))
	assert.NotContains(t, strings.Join(r.messages(), "\n"), "secret")

	without := newHarness(t, fmt.Sprintf("threat_lists: [{name: abuse, url: %q}]", s.URL)).run()
	assert.Contains(t, strings.Join(without.messages(), "\n"), "certificate")
}

func TestThreatListRequestUsesAProxy(t *testing.T) {
	proxy := newSite(t, httptest.NewServer)
	proxy.answers(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "http://lists.invalid/drop.txt", r.URL.String())
		_, _ = io.WriteString(w, listed)
	})
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: 'http://lists.invalid/drop.txt', proxy_url: %q}]", proxy.URL)).run()
	assert.Equal(t, []string{"info: threat list loaded list=web entries=2 skipped=0"}, r.messages())
}

func TestRedirectsToOtherHostsAreNotFollowedWithCredentials(t *testing.T) {
	other := newSite(t, httptest.NewServer)
	other.says(listed)
	s := newSite(t, httptest.NewServer)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/list", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		default:
			_, _ = io.WriteString(w, listed)
		}
	})
	const loaded = "info: threat list loaded list=web entries=2 skipped=0"
	for _, tt := range []struct{ path, headers, want string }{
		{"/away", "", loaded},
		{"/away", ", headers: {Key: secret}", "another scheme or host, which must not receive the credentials of the list"},
		{"/moved", ", headers: {Key: secret}", loaded},
		{"/round", ", headers: {Key: secret}", "the server redirects too often"},
	} {
		r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q%s}]", s.URL+tt.path, tt.headers)).run()
		assert.Contains(t, strings.Join(r.messages(), "\n"), tt.want)
	}
	assert.EqualValues(t, 1, other.asked.Load())
}

// basicAuth is an extension that authenticates requests.
type basicAuth struct {
	component.StartFunc
	component.ShutdownFunc
}

func (basicAuth) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	return authenticating{base}, nil
}

type authenticating struct{ base http.RoundTripper }

func (s authenticating) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.SetBasicAuth("me", "secret")
	return s.base.RoundTrip(r)
}

func TestThreatListRequestUsesAnAuthExtension(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		if _, secret, _ := r.BasicAuth(); secret != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, listed)
	})
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q, auth: {authenticator: me}}]", s.URL))
	r.extensions = map[component.ID]component.Component{component.MustNewID("me"): basicAuth{}}
	r.run()
	assert.Equal(t, []string{"info: threat list loaded list=web entries=2 skipped=0"}, r.messages())
}

func TestThreatListFromATAXIICollection(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.answers(func(w http.ResponseWriter, r *http.Request) {
		page := `{"more":true,"next":"2","objects":[{"type":"indicator","id":"1","pattern":"[ipv4-addr:value = '130.239.200.66']"}]}`
		if r.URL.Query().Get("next") == "2" {
			page = `{"objects":[{"type":"indicator","id":"2","pattern":"[ipv4-addr:value ISSUBSET '130.239.201.0/24']"}]}`
		}
		_, _ = io.WriteString(w, page)
	})
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: intel, url: %q, format: taxii}]", s.URL+"/api/collections/7/")).run()
	assert.Equal(t, []string{"suspicious_destination 130.239.200.66 intel", "suspicious_destination 130.239.201.1 intel"},
		r.consume(outbound(1, "130.239.200.66"), outbound(1, "130.239.201.1")))
}

func TestThreatListAboveTheSizeLimitIsNotUsed(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says(listed)
	r := newHarness(t, fmt.Sprintf("threat_lists: [{name: web, url: %q, max_response_bytes: %d}]", s.URL, len(listed)-1)).run()
	assert.Contains(t, strings.Join(r.messages(), "\n"), "is too large: more than 29 bytes")
}

// useFileStorage adds a file storage in the folder.
func (r *harness) useFileStorage(dir string) *harness {
	r.t.Helper()
	factory := filestorage.NewFactory()
	cfg := factory.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	extension, err := factory.Create(r.t.Context(), extensiontest.NewNopSettings(factory.Type()), cfg)
	require.NoError(r.t, err)
	require.NoError(r.t, extension.Start(r.t.Context(), componenttest.NewNopHost()))
	r.t.Cleanup(func() { assert.NoError(r.t, extension.Shutdown(context.Background())) })
	r.extensions = map[component.ID]component.Component{component.NewID(factory.Type()): extension}
	return r
}

func TestLastGoodCopySurvivesARestart(t *testing.T) {
	s := newSite(t, httptest.NewServer)
	s.says(listed)
	dir := t.TempDir()
	yaml := fmt.Sprintf("{storage: file_storage, threat_lists: [{name: web, url: %q, refresh_interval: 1h}]}", s.URL)
	newHarness(t, yaml).useFileStorage(dir).run().stop()

	s.fails(http.StatusInternalServerError)
	r := newHarness(t, yaml).useFileStorage(dir)
	r.pass(30 * time.Minute)
	r.run()
	assert.Equal(t, []string{"info: threat list loaded list=web entries=2 skipped=0"}, r.messages())
	assert.EqualValues(t, 1, s.asked.Load(), "the copy is newer than the interval")
	assert.NotEmpty(t, r.consume(outbound(1, "130.239.200.66")))
	r.tick(time.Hour)
	assert.EqualValues(t, 2, s.asked.Load())
	assert.NotEmpty(t, r.consume(outbound(2, "130.239.200.66")))
}

// fullStorage is a storage extension that returns no client.
type fullStorage struct {
	component.StartFunc
	component.ShutdownFunc
}

func (fullStorage) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return nil, errors.New("disk full")
}

func TestStartFailsIfThreatListsAreMisconfigured(t *testing.T) {
	none, err := extensiontest.NewNopFactory().Create(t.Context(), extensiontest.NewNopSettings(component.MustNewType("nop")), nil)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		extension  component.Component
		more, want string
	}{
		"unknown storage":       {nil, "", `storage: extension "keep" is not among the extensions of the service`},
		"another extension":     {none, "", `storage: extension "keep" is not a storage extension`},
		"a storage that fails":  {fullStorage{}, "", `storage: extension "keep": disk full`},
		"unknown authenticator": {fullStorage{}, ", auth: {authenticator: nobody}", `threat_lists[0]: list "web": failed to resolve authenticator "nobody"`},
		"missing certificate":   {fullStorage{}, ", tls: {ca_file: /absent.pem}", `threat_lists[0]: list "web": failed to load TLS config`},
	} {
		t.Run(name, func(t *testing.T) {
			kept := "storage: keep, "
			if test.more != "" {
				kept = ""
			}
			r := newHarness(t, fmt.Sprintf("{%sthreat_lists: [{name: web, url: 'http://127.0.0.1:1'%s}]}", kept, test.more))
			r.extensions = map[component.ID]component.Component{}
			if test.extension != nil {
				r.extensions[component.MustNewID("keep")] = test.extension
			}
			require.ErrorContains(t, r.Start(t.Context(), r), test.want)
			r.stop()
		})
	}
}
