// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/boundedread"
)

// URLSource is a source at a URL.
type URLSource struct{ endpoint }

// endpoint is where a text of at most so many bytes is asked for.
type endpoint struct {
	client *http.Client
	url    string
	limit  int64
}

// String is the host: the rest of a URL may hold a key.
func (e *endpoint) String() string {
	address, err := url.Parse(e.url)
	if err != nil {
		return "the URL"
	}
	return address.Host
}

// ID is a hash of the URL.
func (e *endpoint) ID() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(e.url)))
}

// NewURLSource returns the source that is the text at a URL, of at most so many bytes.
func NewURLSource(client *http.Client, address string, limit int64) *URLSource {
	return &URLSource{endpoint{client, address, limit}}
}

// Fetch asks for the text, if it is another than the last.
func (p *URLSource) Fetch(ctx context.Context, now time.Time, last Version) (Version, []byte, error) {
	header := http.Header{}
	if last.ETag != "" {
		header.Set("If-None-Match", last.ETag)
	}
	if last.LastModified != "" {
		header.Set("If-Modified-Since", last.LastModified)
	}
	response, err := get(ctx, p.client, p.url, header, now)
	if err != nil {
		return Version{}, nil, err
	}
	defer response.Body.Close() // only read from: there is nothing that closing could lose
	text, err := boundedread.All(response.Body, p.limit)
	if err != nil {
		return Version{}, nil, withoutURL(err)
	}
	return Version{ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified"), Time: now}, text, nil
}

// StatusError is an answer other than the text.
type StatusError struct {
	// Code is the HTTP status.
	Code int
	// RetryAfter is for how long the server wants to be left alone; zero when it did not say.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("the server answered %d %s", e.Code, http.StatusText(e.Code))
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(", to be asked again after %s", e.RetryAfter)
	}
	return text
}

// get returns an answer of status 200, whose body is to be closed, or why there is none.
func get(ctx context.Context, client *http.Client, address string, header http.Header, now time.Time) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close() // nothing of it is wanted
	if response.StatusCode == http.StatusNotModified {
		return nil, ErrUnchanged
	}
	return nil, &StatusError{response.StatusCode, retryAfter(response.Header.Get("Retry-After"), now)}
}

// retryAfter reads seconds or a date. What is neither, or lies behind, is zero.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// withoutURL takes the URL out of an error, for it may hold a key.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
