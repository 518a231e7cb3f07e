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
)

// TAXIISource is a source that is a collection of a TAXII 2.1 server.
type TAXIISource struct{ endpoint }

// NewTAXIISource returns the source that is the collection at a URL, with or without the objects/ at its end; all pages
// together have at most so many bytes.
func NewTAXIISource(client *http.Client, address string, limit int64) *TAXIISource {
	return &TAXIISource{endpoint{client, address, limit}}
}

// envelope is a page of a collection.
type envelope struct {
	More    bool              `json:"more"`
	Next    string            `json:"next"`
	Objects []json.RawMessage `json:"objects"`
}

// Fetch asks for all pages and returns them as one STIX bundle.
func (c *TAXIISource) Fetch(ctx context.Context, now time.Time, _ Version) (Version, []byte, error) {
	var objects []json.RawMessage
	asked := map[string]bool{}
	left := c.limit
	for next := ""; ; {
		page, size, err := c.page(ctx, next, left, now)
		if err != nil {
			return Version{}, nil, err
		}
		objects = append(objects, page.Objects...)
		left -= size
		if !page.More {
			break
		}
		next = page.Next
		if next == "" || asked[next] {
			return Version{}, nil, errors.New("TAXII: the server says that there is more, but not where")
		}
		asked[next] = true
	}
	text, err := json.Marshal(struct {
		Type    string            `json:"type"`
		Objects []json.RawMessage `json:"objects"`
	}{"bundle", objects})
	return Version{Time: now}, text, err
}

func (c *TAXIISource) page(ctx context.Context, next string, limit int64, now time.Time) (page envelope, size int64, err error) {
	address, err := c.address(next)
	if err != nil {
		return envelope{}, 0, err
	}
	header := http.Header{"Accept": {"application/taxii+json;version=2.1"}}
	response, err := get(ctx, c.client, address, header, now)
	if err != nil {
		return envelope{}, 0, err
	}
	defer response.Body.Close() // only read from: there is nothing that closing could lose
	text, err := boundedread.All(response.Body, limit)
	if err != nil {
		return envelope{}, 0, withoutURL(err)
	}
	if err := json.Unmarshal(text, &page); err != nil {
		return envelope{}, 0, fmt.Errorf("TAXII: the answer is not a page of objects: %w", err)
	}
	return page, int64(len(text)), nil
}

// address is that of a page of indicators.
func (c *TAXIISource) address(next string) (string, error) {
	address, err := url.Parse(c.url)
	if err != nil {
		return "", withoutURL(err)
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
