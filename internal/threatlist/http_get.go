// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
	"github.com/vpcflow/otelcol-vpcflow/internal/retryafter"
)

// endpoint is a URL from which at most limit bytes are read.
type endpoint struct {
	client *http.Client
	url    string
	limit  int64
}

// String returns the host. The rest of a URL may contain a key.
func (e *endpoint) String() string { return redact.Host(e.url) }

// ID returns a hash of the URL.
func (e *endpoint) ID() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(e.url)))
}

// StatusError reports a response with a status other than 200 or 304.
type StatusError struct {
	// Code is the HTTP status code.
	Code int
	// RetryAfter is the wait that the server asks for, or zero.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("the server responded with %d %s", e.Code, http.StatusText(e.Code))
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" and asks to retry after %s", e.RetryAfter)
	}
	return text
}

// get returns a response with status 200, whose body the caller closes. It returns ErrUnchanged for status 304. Errors
// do not contain the URL.
func get(ctx context.Context, client *http.Client, address string, header http.Header, now time.Time) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, redact.Cause(err)
	}
	request.Header = header
	response, err := client.Do(request)
	if err != nil {
		return nil, redact.Cause(err)
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close() // the body is not read
	if response.StatusCode == http.StatusNotModified {
		return nil, ErrUnchanged
	}
	wait, _ := retryafter.Parse(response.Header.Get("Retry-After"), now, math.MaxInt64)
	return nil, &StatusError{response.StatusCode, wait}
}

// CheckRedirect is for http.Client.CheckRedirect. It rejects redirects to another scheme, host or port, which would
// receive the credentials in the headers of the request, and more than ten redirects.
func CheckRedirect(request *http.Request, via []*http.Request) error {
	if first := via[0].URL; request.URL.Host != first.Host || request.URL.Scheme != first.Scheme {
		return errors.New("the server redirects to another scheme or host, which must not receive the credentials of the list")
	}
	if len(via) >= maxRedirects {
		return errors.New("the server redirects too often")
	}
	return nil
}

const maxRedirects = 10
