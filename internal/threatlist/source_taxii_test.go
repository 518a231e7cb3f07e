// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
)

func TestTAXIISourceFetchesAllPages(t *testing.T) {
	pages := map[string]string{
		"":  `{"more":true,"next":"b","objects":[{"id":"1"},{"id":"2"}]}`,
		"b": `{"more":true,"next":"c"}`,
		"c": `{"objects":[{"id":"3"}]}`,
	}
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/api/collections/1/objects/", r.URL.Path)
		assert.Equal(t, "application/taxii+json;version=2.1", r.Header.Get("Accept"))
		assert.Equal(t, "indicator", r.URL.Query().Get("match[type]"))
		assert.Equal(t, "k", r.URL.Query().Get("key"), "the query of the configured URL")
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("next")])
	})
	for _, path := range []string{"/api/collections/1", "/api/collections/1/", "/api/collections/1/objects", "/api/collections/1/objects/"} {
		version, text, err := NewTAXIISource(client, url+path+"?key=k", limit).Fetch(t.Context(), noon, Version{})
		require.NoError(t, err)
		assert.Equal(t, Version{Time: noon}, version)
		assert.JSONEq(t, `{"type":"bundle","objects":[{"id":"1"},{"id":"2"},{"id":"3"}]}`, string(text))
	}
	_, _, err := NewTAXIISource(client, url+"/api/collections/1?key=k", 100).Fetch(t.Context(), noon, Version{})
	require.ErrorIs(t, err, boundedread.ErrTooLarge, "all pages together")

	pages["c"] = `{"more":true,"next":"b"}`
	fetch := func() error {
		_, _, err := NewTAXIISource(client, url+"/api/collections/1?key=k", limit).Fetch(t.Context(), noon, Version{})
		return err
	}
	require.EqualError(t, fetch(), "TAXII: the server has more objects, but names no new page", "a loop")
	pages["c"] = `{"more":true}`
	require.EqualError(t, fetch(), "TAXII: the server has more objects, but names no new page")
	pages["c"] = "<html>"
	assert.ErrorContains(t, fetch(), "TAXII: the response is not a page of objects: ")
}

func TestTAXIICollectionWithoutEndIsRejected(t *testing.T) {
	pages := 0
	client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		pages++
		_, _ = fmt.Fprintf(w, `{"more":true,"next":"%d"}`, pages)
	})
	_, _, err := NewTAXIISource(client, url, 1<<30).Fetch(t.Context(), noon, Version{})
	require.EqualError(t, err, "TAXII: the collection has more than 10000 pages")
	assert.Equal(t, maxPages, pages)
}
