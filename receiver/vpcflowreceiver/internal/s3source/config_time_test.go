// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
)

// loadS3 loads the section s3 as it stands in a file.
func loadS3(t *testing.T, section string) (*s3Config, error) {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte("s3: {" + section + "}"))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	cfg, err := load(t, conf.ToStringMap())
	return cfg.S3.Get(), err
}

func TestTimesToRead(t *testing.T) {
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for section, check := range map[string]func(c *s3Config){
		"bucket: b, start_time: 2026-03-01T00:00:00Z, end_time: 2026-04-01T00:00:00Z": func(c *s3Config) {
			assert.Equal(t, march, c.StartTime)
			assert.Equal(t, march.AddDate(0, 1, 0), c.EndTime)
			assert.Equal(t, time.Minute, c.PollInterval)
			assert.Equal(t, time.Hour, c.Lookback)
		},
		`bucket: b, start_time: "2026-03-01T01:00:00+01:00", follow: true, poll_interval: 1s, lookback: 5m`: func(c *s3Config) {
			assert.True(t, march.Equal(c.StartTime))
			assert.True(t, c.Follow)
			assert.Equal(t, time.Second, c.PollInterval)
			assert.Equal(t, 5*time.Minute, c.Lookback)
		},
		"bucket: b, start_time: 2026-03-01, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q', lookback: 24h": func(c *s3Config) {
			assert.True(t, march.Equal(c.StartTime))
		},
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-02, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q'": func(c *s3Config) {
			assert.True(t, c.lists())
		},
		"bucket: b, follow: true, prefix: logs/AWSLogs/123456789012/": func(c *s3Config) { assert.True(t, c.lists()) },
		"sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q', prefix: AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026": func(c *s3Config) {
			assert.False(t, c.lists())
		},
	} {
		t.Run(section, func(t *testing.T) {
			c, err := loadS3(t, section)
			require.NoError(t, err)
			check(c)
		})
	}
}

func TestEachMistakeInTheTimesToReadIsNamed(t *testing.T) {
	for section, want := range map[string]string{
		"bucket: b":                                                                           "s3: nothing says which objects to read",
		"bucket: b, start_time: 2026-03-01":                                                   `s3::start_time: needs an end_time, or to go on with follow: true or sqs_queue_url, got "2026-03-01T00:00:00Z" alone`,
		"bucket: b, end_time: 2026-03-01":                                                     `s3::end_time: needs a start_time, got "2026-03-01T00:00:00Z" without`,
		"bucket: b, start_time: x, end_time: y":                                               `s3::start_time: "x" is not a time`,
		"bucket: b, start_time: 7, follow: true":                                              "'start_time' expected",
		"bucket: b, follow: true, poll_interval: 0s":                                          `s3::poll_interval: must be at least 1s, with its unit, got "0s"`,
		"bucket: b, follow: true, poll_interval: 60":                                          `s3::poll_interval: must be at least 1s, with its unit, got "60ns"`,
		"bucket: b, follow: true, lookback: 4m59s":                                            `s3::lookback: must be from 5m0s to 24h0m0s, with its unit, got "4m59s"`,
		"bucket: b, follow: true, lookback: 24h1s":                                            `s3::lookback: must be from 5m0s to 24h0m0s, with its unit, got "24h0m1s"`,
		"follow: true":                                                                        "s3::bucket: must be given with start_time or follow",
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-01":                             `s3::end_time: must be after start_time, got "2026-03-01T00:00:00Z"`,
		"bucket: b, start_time: 2026-03-02, end_time: 2026-03-01":                             `s3::end_time: must be after start_time, got "2026-03-01T00:00:00Z"`,
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-02, follow: true":               `s3::end_time: ends what follow: true is to go on with, got "2026-03-02T00:00:00Z"`,
		"bucket: b, follow: true, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q'":   "s3::follow: does by lists what sqs_queue_url does",
		"bucket: b, follow: true, prefix: AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03": `s3::prefix: below AWSLogs it must be that of an account, of vpcflowlogs or of a region, got "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03"`,
	} {
		t.Run(section, func(t *testing.T) {
			_, err := loadS3(t, section)
			assert.ErrorContains(t, err, want)
		})
	}
}
