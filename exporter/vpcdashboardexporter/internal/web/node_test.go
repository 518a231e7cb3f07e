// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// get requests a path from a handler.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return recorder
}

// pageOf requests a page, which must exist, and parses it.
func pageOf(t *testing.T, h http.Handler, path string) *node {
	t.Helper()
	response := get(t, h, path)
	require.Equal(t, http.StatusOK, response.Code, "%s: %s", path, response.Body)
	root, err := html.Parse(response.Body)
	require.NoError(t, err)
	return &node{root}
}

// node is an element of a page.
type node struct{ *html.Node }

// all returns the descendants that match a condition.
func (n *node) all(matches func(*node) bool) (found []*node) {
	for d := range n.Descendants() {
		if e := (&node{d}); d.Type == html.ElementNode && matches(e) {
			found = append(found, e)
		}
	}
	return found
}

func (n *node) tags(tag atom.Atom) []*node {
	return n.all(func(e *node) bool { return e.DataAtom == tag })
}

// byID returns the only element with the id.
func (n *node) byID(t *testing.T, id string) *node {
	t.Helper()
	found := n.all(func(e *node) bool { return e.attr("id") == id })
	require.Len(t, found, 1, "elements with the id %s", id)
	return found[0]
}

func (n *node) attr(name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (n *node) has(name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text returns all text of the element, with single spaces.
func (n *node) text() string {
	var words strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			words.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(words.String()), " ")
}

// links returns the targets of all links in the element.
func (n *node) links(t *testing.T) (paths []string) {
	t.Helper()
	for _, a := range n.tags(atom.A) {
		_, err := url.Parse(a.attr("href"))
		require.NoError(t, err)
		paths = append(paths, a.attr("href"))
	}
	return paths
}

func getB(b *testing.B, h http.Handler, path string) int {
	b.Helper()
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
	return recorder.Code
}
