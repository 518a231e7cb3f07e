// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pages maps the paths of all pages to their headings.
var pages = map[string]string{
	"/":                 "Overview",
	"/alerts":           "Alerts",
	"/api/":             "API",
	alertPath:           "10.20.1.2 triggered external_port_scan",
	"/nowhere":          "Page not found",
	"/alerts/ffff":      "Alert not found",
	"/?range=yesterday": "Invalid parameter in the address",
}

const alertPath = "/alerts/00000000000000000000000000000002"

func TestEachPageHasAHeadingAndTheLayout(t *testing.T) {
	h := Handler(fullStore(), Options{Version: "1.2.3"})
	for path, heading := range pages {
		root, err := html.Parse(get(t, h, path).Body)
		require.NoError(t, err)
		p := &node{root}
		require.Len(t, p.tags(atom.H1), 1, path)
		assert.Equal(t, heading, p.tags(atom.H1)[0].text(), path)
		assert.Equal(t, "en", p.tags(atom.Html)[0].attr("lang"), path)
		assert.Len(t, p.tags(atom.Main), 1, path)
		assert.Contains(t, p.links(t), "#main", "%s: the skip link", path)
		assert.Contains(t, p.tags(atom.Footer)[0].text(), "1.2.3", path)
	}
}

func TestPagesHaveNoInlineOrForeignResources(t *testing.T) {
	h := Handler(hostileStore(), Options{})
	for path := range pages {
		root, err := html.Parse(get(t, h, path).Body)
		require.NoError(t, err)
		for _, e := range (&node{root}).all(func(*node) bool { return true }) {
			assert.False(t, e.has("style"), "%s: %s has a style", path, e.Data)
			for _, a := range e.Attr {
				assert.False(t, strings.HasPrefix(a.Key, "on"), "%s: %s has %s", path, e.Data, a.Key)
				if a.Key == "src" || a.Key == "href" && e.DataAtom != atom.A || a.Key == "action" {
					assert.True(t, strings.HasPrefix(a.Val, "/"), "%s: %s loads %s", path, e.Data, a.Val)
				}
			}
			if e.DataAtom == atom.Script || e.DataAtom == atom.Style {
				assert.Nil(t, e.FirstChild, "%s: an inline %s", path, e.Data)
			}
		}
	}
}

func TestIDsAreUniqueAndReferencesResolve(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for path := range pages {
		root, err := html.Parse(get(t, h, path).Body)
		require.NoError(t, err)
		ids := map[string]int{}
		p := &node{root}
		for _, e := range p.all(func(e *node) bool { return e.has("id") }) {
			ids[e.attr("id")]++
		}
		for id, n := range ids {
			assert.Equal(t, 1, n, "%s: id %s", path, id)
		}
		for _, name := range []string{"aria-labelledby", "for", "data-copy"} {
			for _, e := range p.all(func(e *node) bool { return e.has(name) }) {
				assert.Contains(t, ids, e.attr(name), "%s: %s of %s", path, name, e.Data)
			}
		}
	}
}

func TestEachTableHasACaptionAndHeaders(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for path := range pages {
		root, err := html.Parse(get(t, h, path).Body)
		require.NoError(t, err)
		for _, table := range (&node{root}).tags(atom.Table) {
			assert.Len(t, table.tags(atom.Caption), 1, "%s: %s", path, table.text())
			assert.NotEmpty(t, table.tags(atom.Th), "%s: %s", path, table.text())
			for _, th := range table.tags(atom.Th) {
				assert.Contains(t, []string{"row", "col"}, th.attr("scope"), "%s: %s", path, th.text())
			}
		}
	}
}

func TestEachResponseHasSecurityHeaders(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for path := range pages {
		header := get(t, h, path).Header()
		csp := header.Get("Content-Security-Policy")
		assert.Contains(t, csp, "default-src 'none'", path)
		assert.Contains(t, csp, "frame-ancestors 'none'", path)
		assert.NotContains(t, csp, "unsafe", path)
		assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
		assert.Equal(t, "no-store", header.Get("Cache-Control"), path)
	}
}

func TestOnlyGetAndHeadAreAllowed(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for _, path := range []string{"/", "/alerts", alertPath, "/api/", "/api/overview", "/api/alerts", "/api/health", "/assets/style.css", "/nowhere"} {
		for method, status := range map[string]int{
			http.MethodPost: http.StatusMethodNotAllowed, http.MethodPut: http.StatusMethodNotAllowed,
			http.MethodDelete: http.StatusMethodNotAllowed, http.MethodOptions: http.StatusMethodNotAllowed,
			http.MethodHead: http.StatusOK,
		} {
			recorder := httptest.NewRecorder()
			h.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("x")))
			if path == "/nowhere" && method == http.MethodHead {
				status = http.StatusNotFound
			}
			assert.Equal(t, status, recorder.Code, "%s %s", method, path)
			assert.NotEmpty(t, recorder.Header().Get("Content-Security-Policy"), "%s %s", method, path)
		}
	}
}

func TestAssetsAreCacheableBecauseTheirURLsChange(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for name, kind := range map[string]string{"style.css": "text/css", "dashboard.js": "text/javascript", "icon.svg": "image/svg+xml"} {
		path, err := assetURL(name)
		require.NoError(t, err)
		response := get(t, h, path)
		assert.Equal(t, http.StatusOK, response.Code)
		assert.Contains(t, response.Header().Get("Content-Type"), kind)
		assert.Contains(t, response.Header().Get("Cache-Control"), "immutable")
		assert.Contains(t, get(t, h, "/").Body.String(), path)
	}
	for _, path := range []string{"/assets/", "/assets/none.css", "/assets/..%2Fhandler.go", "/assets/%2e%2e"} {
		assert.GreaterOrEqual(t, get(t, h, path).Code, 300, path)
	}
}

func TestForeignHostNamesAreRefused(t *testing.T) {
	for _, c := range []struct {
		host  string
		hosts []string
		want  int
	}{
		{"localhost:8765", []string{"localhost"}, http.StatusOK},
		{"LOCALHOST.", []string{"localhost"}, http.StatusOK},
		{"127.0.0.1:8765", []string{"localhost"}, http.StatusOK},
		{"[::1]:8765", []string{"localhost"}, http.StatusOK},
		{"[::1]", []string{"localhost"}, http.StatusOK},
		{"dash.localhost", []string{"localhost"}, http.StatusOK},
		{"flows.example.com", []string{"Flows.example.com"}, http.StatusOK},
		{"rebound.example.org:8765", []string{"flows.example.com"}, http.StatusMisdirectedRequest},
		{"localhost.example.org", []string{"localhost"}, http.StatusMisdirectedRequest},
		{"", []string{"localhost"}, http.StatusMisdirectedRequest},
		{"rebound.example.org:8765", nil, http.StatusOK},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/health", nil)
		request.Host = c.host
		recorder := httptest.NewRecorder()
		Handler(fullStore(), Options{Hosts: c.hosts}).ServeHTTP(recorder, request)
		assert.Equal(t, c.want, recorder.Code, c.host)
	}
}
