// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckRedirect(t *testing.T) {
	const (
		origin = "the server redirects to another scheme or host, which must not receive the credentials of the list"
		often  = "the server redirects too often"
	)
	for _, tt := range []struct {
		name      string
		to        string
		redirects int
		want      string
	}{
		{"to another path", "https://lists.example.com/new", 1, ""},
		{"to another host", "https://other.example.com/list", 1, origin},
		{"to a subdomain", "https://a.lists.example.com/list", 1, origin},
		{"to another port", "https://lists.example.com:8443/list", 1, origin},
		{"to another scheme on the same host", "http://lists.example.com/list", 1, origin},
		{"the ninth time", "https://lists.example.com/new", 9, ""},
		{"the tenth time", "https://lists.example.com/new", 10, often},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckRedirect(requestTo(t, tt.to), requestsTo(t, "https://lists.example.com/list", tt.redirects))
			if tt.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, tt.want)
			}
		})
	}
}

// A server must not reach another origin by a second redirect either.
func TestCheckRedirectComparesWithTheFirstRequest(t *testing.T) {
	via := append(requestsTo(t, "https://lists.example.com/list", 1), requestsTo(t, "https://other.example.com/list", 1)...)
	assert.Error(t, CheckRedirect(requestTo(t, "https://other.example.com/more"), via))
}

func requestsTo(t *testing.T, address string, n int) []*http.Request {
	t.Helper()
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = requestTo(t, address)
	}
	return requests
}

func requestTo(t *testing.T, address string) *http.Request {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	return &http.Request{URL: parsed}
}
