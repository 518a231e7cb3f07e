// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLongResponseFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int
		ok    bool
	}{
		{"with its headers just below the limit", maxResponse - 8192, true},
		{"above the limit", maxResponse + 8192, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, strings.Repeat("x", c.bytes))
			}))
			t.Cleanup(server.Close)
			client := &http.Client{Transport: &http.Transport{DialContext: Dial}}
			t.Cleanup(client.CloseIdleConnections)
			for range 3 { // the limit is per response
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
				require.NoError(t, err)
				response, err := client.Do(request)
				require.NoError(t, err)
				body, err := io.ReadAll(response.Body)
				require.NoError(t, response.Body.Close())
				assert.Equal(t, c.ok, err == nil, "%v", err)
				assert.LessOrEqual(t, len(body), maxResponse)
			}
		})
	}
}
