// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyAHealthyCollectorPasses(t *testing.T) {
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	require.NoError(t, check(server.URL))
	status = http.StatusServiceUnavailable
	require.ErrorContains(t, check(server.URL), "503")
	server.Close()
	require.Error(t, check(server.URL))
}
