// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextsThatAreNoTimesAreToldOfByKeyAndValue(t *testing.T) {
	for section, want := range map[string]string{
		"start_time: '2026-04-01'":                     `s3::start_time: "2026-04-01" is not a time such as 2026-04-01T00:00:00Z`,
		"start_time: '2026-04-01T00:00:00'":            `s3::start_time: "2026-04-01T00:00:00" is not a time such as`,
		"start_time: 2026-03-01, end_time: yesterday":  `s3::end_time: "yesterday" is not a time such as`,
		"follow: true, start_time: ''":                 `s3::start_time: "" is not a time such as`,
		"follow: true, visibility_timeout: 2 minutes":  `s3::visibility_timeout: "2 minutes" is not a duration such as 90s, 2m or 1h30m`,
		"follow: true, poll_interval: '60'":            `s3::poll_interval: "60" is not a duration such as`,
		"follow: true, lookback: 1d":                   `s3::lookback: "1d" is not a duration such as`,
		"start_time: x, lookback: y, poll_interval: z": "s3::start_time: \"x\" is not a time such as 2026-04-01T00:00:00Z\ns3::poll_interval: \"z\" is not a duration such as 90s, 2m or 1h30m\ns3::lookback: \"y\"",
	} {
		_, err := loadS3(t, "bucket: b, "+section)
		require.ErrorContains(t, err, want, section)
		assert.NotContains(t, err.Error(), "02T15", "the layout of Go's library")
		assert.NotContains(t, err.Error(), "time: unknown", "a message of Go's library")
	}
}

func TestAnEmptyTimeIsNone(t *testing.T) {
	c, err := loadS3(t, "bucket: b, follow: true, start_time: , lookback: 90m")
	require.NoError(t, err)
	assert.True(t, c.StartTime.IsZero())
	assert.Equal(t, 90*time.Minute, c.Lookback)
	assert.Equal(t, time.Minute, c.PollInterval, "the default stays")
}
