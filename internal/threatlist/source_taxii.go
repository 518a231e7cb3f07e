// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// TAXIISource fetches the indicators of a collection from a TAXII 2.1 server.
type TAXIISource struct{ endpoint }

// NewTAXIISource returns a source that fetches the collection at the address, with or without "/objects/" at the end.
// All pages together may have limit bytes at most.
func NewTAXIISource(client *http.Client, address string, limit int64) *TAXIISource {
	return &TAXIISource{endpoint{client, address, limit}}
}

// maxPages and maxFetchTime bound a fetch, because a collection may have no end.
const (
	maxPages     = 10_000
	maxFetchTime = 10 * time.Minute
)

// Fetch returns all pages of the collection as one STIX bundle. It fetches them even if nothing has changed.
func (s *TAXIISource) Fetch(ctx context.Context, now time.Time, _ Version) (Version, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxFetchTime)
	defer cancel()
	var objects []json.RawMessage
	visited := map[string]bool{}
	remaining := s.limit
	for next := ""; ; {
		page, size, err := s.fetchPage(ctx, next, remaining, now)
		if err != nil {
			return Version{}, nil, err
		}
		objects = append(objects, page.Objects...)
		remaining -= size
		if !page.More {
			break
		}
		next = page.Next
		if next == "" || visited[next] {
			return Version{}, nil, errors.New("TAXII: the server has more objects, but names no new page")
		}
		if visited[next] = true; len(visited) == maxPages {
			return Version{}, nil, fmt.Errorf("TAXII: the collection has more than %d pages", maxPages)
		}
	}
	text, err := json.Marshal(struct {
		Type    string            `json:"type"`
		Objects []json.RawMessage `json:"objects"`
	}{"bundle", objects})
	return Version{Time: now}, text, err
}

// envelope is a page of a collection, as TAXII 2.1 calls it.
type envelope struct {
	More    bool              `json:"more"`
	Next    string            `json:"next"`
	Objects []json.RawMessage `json:"objects"`
}

func (s *TAXIISource) fetchPage(
	ctx context.Context, next string, limit int64, now time.Time,
) (page envelope, size int64, err error) {
	address, err := s.pageURL(next)
	if err != nil {
		return envelope{}, 0, err
	}
	header := http.Header{"Accept": {"application/taxii+json;version=2.1"}}
	response, err := get(ctx, s.client, address, header, now)
	if err != nil {
		return envelope{}, 0, err
	}
	defer response.Body.Close() // nothing is written, so closing loses nothing
	text, err := boundedread.All(response.Body, limit)
	if err != nil {
		return envelope{}, 0, redact.Cause(err)
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return envelope{}, 0, fmt.Errorf("TAXII: the response is not a page of objects: %w", err)
	}
	return page, int64(len(text)), nil
}

// pageURL returns the URL of a page of indicators. An empty next is the first page.
func (s *TAXIISource) pageURL(next string) (string, error) {
	address, err := url.Parse(s.url)
	if err != nil {
		return "", redact.Cause(err)
	}
	address.Path = strings.TrimSuffix(address.Path, "/")
	if !strings.HasSuffix(address.Path, "/objects") {
		address.Path += "/objects"
	}
	address.Path += "/"
	query := address.Query()
	query.Set("match[type]", "indicator")
	if next != "" {
		query.Set("next", next)
	}
	address.RawQuery = query.Encode()
	return address.String(), nil
}
