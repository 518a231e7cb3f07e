// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAURLIsShownWithoutWhoAsksAndWhatFor(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"dashboard":                       "dashboard",
		"http://dashboard:8765/x":         "http://dashboard:8765/x",
		"http://u:p@dashboard":            "http://<secret>@dashboard",
		"http://u:p@ss@dashboard":         "http://<secret>@dashboard",
		"http://u:p?s#s/@dashboard":       "http://<secret>@dashboard",
		"u:p@dashboard":                   "<secret>@dashboard",
		"http://dashboard?key=p":          "http://dashboard?<secret>",
		"http://dashboard#p":              "http://dashboard#<secret>",
		"http://u:p@dashboard/x?key=p#p":  "http://<secret>@dashboard/x?<secret>",
		"http://dashboard?mail=a@example": "http://<secret>@example",
	} {
		assert.Equal(t, want, shownURL(text), text)
	}
}

func TestAnAlertmanagersPasswordIsInNoError(t *testing.T) {
	s := serve(t)
	s.Close()
	r := start(t, atOnce+"alertmanager: {endpoint: 'http://u:SECRET@"+s.Listener.Addr().String()+"/x?key=SECRET'}")
	err := r.tell(scan("a", "203.0.113.7"))
	require.ErrorContains(t, err, s.Listener.Addr().String())
	assert.NotContains(t, err.Error(), "SECRET")
	assert.NotContains(t, r.said(), "SECRET")

	r = newRig(t, "alertmanager: {endpoint: 'http://x', proxy_url: 'http://u:SECRET@proxy:port'}")
	err = r.Start(t.Context(), r)
	require.ErrorContains(t, err, "proxy")
	assert.NotContains(t, err.Error(), "SECRET")
	require.NoError(t, r.Shutdown(t.Context()))
}
