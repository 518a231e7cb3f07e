// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProblemsNameKeyAndValue(t *testing.T) {
	cause := errors.New("disk full")
	var p Problems
	p.Add("path", "cannot be read: %w", cause)
	p.AddError(errors.New("format: is empty"))
	p.AddError(nil)
	p.OneOf("scope", "planet", "account", "vpc", "global")
	p.OneOf("scope", "vpc", "account", "vpc", "global")
	p.HTTPURL("url", "http://user:SECRET@host:x/?key=SECRET", "http://localhost:8765")
	AtLeast(&p, "interval", 999*time.Millisecond, time.Second)
	AtLeast(&p, "interval", time.Second, time.Second)
	AtLeast(&p, "max_alerts", 0, 1)
	InRange(&p, "retention", 0, 1, 3)
	InRange(&p, "retention", 1, 1, 3)
	InRange(&p, "retention", 3, 1, 3)
	InRange(&p, "retention", 4, 1, 3)
	require.EqualError(t, p.Err(), `path: cannot be read: disk full
format: is empty
scope: "planet" is not account, vpc or global
url: "http://[REDACTED]@host:x/?[REDACTED]" is not a URL such as http://localhost:8765
interval: 999ms is less than 1s
max_alerts: 0 is less than 1
retention: 0 is not from 1 to 3
retention: 4 is not from 1 to 3`)
	assert.ErrorIs(t, p.Err(), cause)
	assert.NoError(t, new(Problems).Err())
}

func TestHTTPURLsHaveASchemeAndAHost(t *testing.T) {
	for text, want := range map[string]bool{
		"http://localhost:8765": true, "https://a.example.com/b?c": true, "": false, "localhost:8765": false, "ftp://host": false,
		"https:///x": false, "http://a b": false, "httpx://host": false, "/path": false,
	} {
		assert.Equal(t, want, IsHTTPURL(text), text)
	}
}
