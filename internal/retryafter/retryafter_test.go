// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package retryafter

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestSecondsOrADateUpToTheLimit(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"0", 0, true},
		{"120", 2 * time.Minute, true},
		{"3600", time.Hour, true},
		{"3601", time.Hour, true},
		{"2147483647", time.Hour, true},
		{"2147483648", 0, false},
		{"-1", 0, false},
		{"1.5", 0, false},
		{"soon", 0, false},
		{"", 0, false},
		{"Sun, 01 Mar 2026 12:00:30 GMT", 30 * time.Second, true},
		{"Sunday, 01-Mar-26 12:00:30 GMT", 30 * time.Second, true},
		{"Sun, 01 Mar 2026 11:59:59 GMT", 0, true},
		{"Sun, 01 Mar 2026 14:00:00 GMT", time.Hour, true},
		{"2026-03-01T12:00:30Z", 0, false},
	} {
		wait, ok := Parse(test.header, now, time.Hour)
		assert.Equal(t, test.want, wait, test.header)
		assert.Equal(t, test.ok, ok, test.header)
	}
}
