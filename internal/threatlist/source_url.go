// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"net/http"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// URLSource fetches a list from a URL.
type URLSource struct{ endpoint }

// NewURLSource returns a source that fetches the address. The text may have limit bytes at most.
func NewURLSource(client *http.Client, address string, limit int64) *URLSource {
	return &URLSource{endpoint{client, address, limit}}
}

// Fetch sends a conditional request. It returns ErrUnchanged if the server still has the last version.
func (s *URLSource) Fetch(ctx context.Context, now time.Time, last Version) (Version, []byte, error) {
	header := http.Header{}
	if last.ETag != "" {
		header.Set("If-None-Match", last.ETag)
	}
	if last.LastModified != "" {
		header.Set("If-Modified-Since", last.LastModified)
	}
	response, err := get(ctx, s.client, s.url, header, now)
	if err != nil {
		return Version{}, nil, err
	}
	defer response.Body.Close() // nothing is written, so closing loses nothing
	text, err := boundedread.All(response.Body, s.limit)
	if err != nil {
		return Version{}, nil, redact.Cause(err)
	}
	version := Version{ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified"), Time: now}
	return version, text, nil
}
