// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNoMistakeInAURLShowsASecret(t *testing.T) {
	for text, want := range map[string]string{
		"localhost:9000":                            "localhost:9000",
		"ftp://localhost/a":                         "ftp://localhost/a",
		"":                                          "",
		"http://user:SECRET@minio:9000:x":           "http://[REDACTED]@minio:9000:x",
		"https://SECRET@minio:9000:x":               "https://[REDACTED]@minio:9000:x",
		"http://user:SE/CR?ET@minio:x":              "http://[REDACTED]@minio:x",
		"http://user:SEC@RET@minio:x":               "http://[REDACTED]@minio:x",
		"http://http://user:SECRET@minio":           "http://[REDACTED]@minio",
		"user:SECRET@minio:9000":                    "[REDACTED]@minio:9000",
		"ftp://user:SECRET@minio":                   "[REDACTED]@minio",
		"user:SECRET@minio?to=http://a":             "[REDACTED]@minio?[REDACTED]",
		"http://minio:x/a?X-Amz-Signature=SECRET":   "http://minio:x/a?[REDACTED]",
		"http://minio:x/a#SECRET":                   "http://minio:x/a#[REDACTED]",
		"https://user:SECRET@minio:x/a?b=SECRET#c":  "https://[REDACTED]@minio:x/a?[REDACTED]",
		"http://minio:x/a?SECRET=1&to=b@example.co": "http://[REDACTED]@example.co",
	} {
		assert.Equal(t, want, redacted(text), text)
	}
}

func TestMistakesInTheURLsOfS3ShowNoSecret(t *testing.T) {
	for section, want := range map[string]string{
		"follow: true, bucket: b, endpoint: 'http://user:SECRET@minio:9000:x'": `s3::endpoint: must be a URL, got "http://[REDACTED]@minio:9000:x"`,
		"sqs_queue_url: 'sqs://user:SECRET@q/1/q?token=SECRET'":                `s3::sqs_queue_url: must be the URL of a queue, got "[REDACTED]@q/1/q?[REDACTED]"`,
		"sqs_queue_url: 'https://user:SECRET@q/1/q.fifo'":                      `s3::sqs_queue_url: must be a standard queue: S3 does not notify FIFO queues, got "https://[REDACTED]@q/1/q.fifo"`,
	} {
		_, err := loadS3(t, section)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "SECRET")
	}
}
