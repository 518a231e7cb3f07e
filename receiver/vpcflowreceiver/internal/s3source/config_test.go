// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestGoodConfigurationOfS3(t *testing.T) {
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "config", "good.yaml"))
	require.NoError(t, err)
	for name, want := range map[string]s3Config{
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
			sub, err := all.Sub("vpc_flow/" + name)
			require.NoError(t, err)
			cfg, err := load(t, sub.ToStringMap())
			require.NoError(t, err)
			assert.Equal(t, want, *cfg.S3.Get())
			assert.Equal(t, name == "s3_all", cfg.Files.HasValue())
		})
	}
}
