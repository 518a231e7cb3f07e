// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
)

// load reads the section of the source from YAML and checks it.
func load(t *testing.T, section string) (*Config, error) {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte("{" + section + "}"))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	return unmarshal(conf)
}

func unmarshal(conf *confmap.Conf) (*Config, error) {
	c := NewDefaultConfig()
	err := configdecode.Decode("s3", xconfmap.ToStringMapRaw(conf), &c)
	return &c, errors.Join(err, c.Check())
}

func TestGoodConfig(t *testing.T) {
	all, err := confmaptest.LoadConf(filepath.Join("..", "..", "testdata", "config", "good.yaml"))
	require.NoError(t, err)
	for name, want := range map[string]Config{
		"s3": {
			SQSQueueURL: "https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs", VisibilityTimeout: 2 * time.Minute,
			MaxConcurrentObjects: 4, PollInterval: time.Minute, Lookback: time.Hour,
		},
		"s3_all": {
			Bucket: "b", Prefix: "AWSLogs/", SQSQueueURL: "http://localhost:4100/123456789012/flow-logs",
			VisibilityTimeout: 12 * time.Hour, MaxConcurrentObjects: 1, IncludeKey: true, Region: "eu-west-1", Profile: "p",
			RoleARN: "arn:aws:iam::123456789012:role/reader", ExternalID: "x", Endpoint: "http://localhost:9000", ForcePathStyle: true,
			PollInterval: time.Minute, Lookback: time.Hour,
		},
	} {
		t.Run(name, func(t *testing.T) {
			sub, err := all.Sub("vpc_flow/" + name + "::s3")
			require.NoError(t, err)
			cfg, err := unmarshal(sub)
			require.NoError(t, err)
			assert.Equal(t, want, *cfg)
		})
	}
}

func TestTimes(t *testing.T) {
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for section, check := range map[string]func(c *Config){
		"bucket: b, start_time: 2026-03-01T00:00:00Z, end_time: 2026-04-01T00:00:00Z": func(c *Config) {
			assert.Equal(t, march, c.StartTime)
			assert.Equal(t, march.AddDate(0, 1, 0), c.EndTime)
			assert.Equal(t, time.Minute, c.PollInterval)
			assert.Equal(t, time.Hour, c.Lookback)
		},
		`bucket: b, start_time: "2026-03-01T01:00:00+01:00", follow: true, poll_interval: 1s, lookback: 5m`: func(c *Config) {
			assert.True(t, march.Equal(c.StartTime))
			assert.True(t, c.Follow)
			assert.Equal(t, time.Second, c.PollInterval)
			assert.Equal(t, 5*time.Minute, c.Lookback)
		},
		"bucket: b, start_time: 2026-03-01, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q', lookback: 24h": func(c *Config) {
			assert.True(t, march.Equal(c.StartTime))
		},
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-02, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q'": func(c *Config) {
			assert.True(t, c.pollsBucket())
		},
		"bucket: b, follow: true, prefix: logs/AWSLogs/123456789012/": func(c *Config) { assert.True(t, c.pollsBucket()) },
		"sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q', prefix: AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026": func(c *Config) {
			assert.False(t, c.pollsBucket())
		},
	} {
		t.Run(section, func(t *testing.T) {
			c, err := load(t, section)
			require.NoError(t, err)
			check(c)
		})
	}
}

func TestErrorsInTimesNameTheKey(t *testing.T) {
	for section, want := range map[string]string{
		"bucket: b":                                                                           "s3: no objects selected",
		"bucket: b, start_time: 2026-03-01":                                                   `s3::start_time: needs end_time, follow: true or sqs_queue_url, got "2026-03-01T00:00:00Z" alone`,
		"bucket: b, end_time: 2026-03-01":                                                     `s3::end_time: needs start_time, got "2026-03-01T00:00:00Z" alone`,
		"bucket: b, start_time: x, end_time: y":                                               `s3::start_time: "x" is not a time`,
		"bucket: b, start_time: 7, follow: true":                                              `s3::start_time: "7" is not a time such as`,
		"bucket: b, follow: true, poll_interval: 0s":                                          `s3::poll_interval: must be at least 1s, got "0s"`,
		"bucket: b, follow: true, poll_interval: 60":                                          "s3::poll_interval: 60 needs a unit, as in 60s or 10m",
		"bucket: b, follow: true, lookback: 4m59s":                                            `s3::lookback: must be from 5m0s to 24h0m0s, got "4m59s"`,
		"bucket: b, follow: true, lookback: 24h1s":                                            `s3::lookback: must be from 5m0s to 24h0m0s, got "24h0m1s"`,
		"follow: true":                                                                        "s3::bucket: must be set with start_time or follow",
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-01":                             `s3::end_time: must be after start_time, got "2026-03-01T00:00:00Z"`,
		"bucket: b, start_time: 2026-03-02, end_time: 2026-03-01":                             `s3::end_time: must be after start_time, got "2026-03-01T00:00:00Z"`,
		"bucket: b, start_time: 2026-03-01, end_time: 2026-03-02, follow: true":               `s3::end_time: cannot be combined with follow: true, which never ends, got "2026-03-02T00:00:00Z"`,
		"bucket: b, follow: true, sqs_queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/q'":   "s3::follow: cannot be combined with sqs_queue_url",
		"bucket: b, follow: true, prefix: AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03": `s3::prefix: must name an account, vpcflowlogs or a region below AWSLogs, got "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03"`,
	} {
		t.Run(section, func(t *testing.T) {
			_, err := load(t, section)
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestDecodeErrorsNameTheKeyAndTheValue(t *testing.T) {
	for section, want := range map[string]string{
		"start_time: '2026-04-01'":                     `s3::start_time: "2026-04-01" is not a time such as 2026-04-01T00:00:00Z`,
		"start_time: '2026-04-01T00:00:00'":            `s3::start_time: "2026-04-01T00:00:00" is not a time such as`,
		"start_time: 2026-03-01, end_time: yesterday":  `s3::end_time: "yesterday" is not a time such as`,
		"follow: true, start_time: ''":                 `s3::start_time: "" is not a time such as`,
		"follow: true, visibility_timeout: 2 minutes":  `s3::visibility_timeout: "2 minutes" is not a duration such as 90s or 10m`,
		"follow: true, poll_interval: '60'":            `s3::poll_interval: "60" needs a unit, as in 60s or 10m`,
		"follow: true, lookback: 1d":                   `s3::lookback: "1d" is not a duration such as`,
		"start_time: x, lookback: y, poll_interval: z": `s3::lookback: "y" is not a duration such as 90s or 10m; s3::poll_interval: "z" is not a duration such as 90s or 10m; s3::start_time: "x"`,
	} {
		_, err := load(t, "bucket: b, "+section)
		require.ErrorContains(t, err, want, section)
		assert.NotContains(t, err.Error(), "02T15", "a layout of the Go library")
		assert.NotContains(t, err.Error(), "time: unknown", "a message of the Go library")
	}
}

func TestEmptyTimeIsZero(t *testing.T) {
	c, err := load(t, "bucket: b, follow: true, start_time: , lookback: 90m")
	require.NoError(t, err)
	assert.True(t, c.StartTime.IsZero())
	assert.Equal(t, 90*time.Minute, c.Lookback)
	assert.Equal(t, time.Minute, c.PollInterval, "the default")
}

func TestErrorsDoNotShowSecretsInURLs(t *testing.T) {
	for section, want := range map[string]string{
		"follow: true, bucket: b, endpoint: 'http://user:SECRET@minio:9000:x'": `s3::endpoint: must be a URL, got "http://[REDACTED]@minio:9000:x"`,
		"sqs_queue_url: 'sqs://user:SECRET@q/1/q?token=SECRET'":                `s3::sqs_queue_url: must be the URL of a queue, got "[REDACTED]@q/1/q?[REDACTED]"`,
		"sqs_queue_url: 'https://user:SECRET@q/1/q.fifo'":                      `s3::sqs_queue_url: must be a standard queue: S3 does not notify FIFO queues, got "https://[REDACTED]@q/1/q.fifo"`,
	} {
		_, err := load(t, section)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "SECRET")
	}
}
