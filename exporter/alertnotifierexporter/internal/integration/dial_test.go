// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAnswerThatIsTooLongBreaksTheConnection(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int
		whole bool
	}{
		{"one that leaves room for its headers comes whole", maxAnswer - 8192, true},
		{"one that is too long does not", maxAnswer + 8192, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, strings.Repeat("x", c.bytes))
			}))
			t.Cleanup(server.Close)
			client := &http.Client{Transport: &http.Transport{DialContext: dial}}
			t.Cleanup(client.CloseIdleConnections)
			for range 3 { // each request may have as much
				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
				require.NoError(t, err)
				answer, err := client.Do(request)
				require.NoError(t, err)
				body, err := io.ReadAll(answer.Body)
				require.NoError(t, answer.Body.Close())
				assert.Equal(t, c.whole, err == nil, "%v", err)
				assert.LessOrEqual(t, len(body), maxAnswer)
			}
		})
	}
}

func TestAServerThatNeverEndsItsAnswerIsNoHarm(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	r := start(t, atOnce+"webhook_configs: [{url: "+server.URL+"}]")
	err := r.tell(scan("a", "203.0.113.7"))
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 2*maxComplaint)
}
