// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// s3Config says which objects of S3 are read, and as whom.
type s3Config struct {
	// Bucket is the bucket to read from. With a queue it may be empty: then objects of all buckets that the queue tells of
	// are read; else those of others are passed over.
	Bucket string `mapstructure:"bucket"`

	// Prefix is what the keys of the objects begin with; others are passed over. Empty reads all.
	Prefix string `mapstructure:"prefix"`

	// SQSQueueURL is the queue that tells of new objects.
	SQSQueueURL string `mapstructure:"sqs_queue_url"`

	// StartTime and EndTime are the range of the flow logs to read by listing the bucket, in the order of their time: those
	// with a time in their name from StartTime on and before EndTime. That time is the beginning of the five minutes in which
	// the flows ended. Zero reads no range; with Follow or a queue, a range may have no end: it goes over into what is new.
	StartTime time.Time `mapstructure:"start_time"`
	EndTime   time.Time `mapstructure:"end_time"`

	// Follow reads what is new by listing the bucket again and again; without StartTime, from Lookback before the first start.
	Follow bool `mapstructure:"follow"`

	// PollInterval is the wait between two times that the bucket is listed.
	PollInterval time.Duration `mapstructure:"poll_interval"`

	// Lookback is how long after the time in its name an object may come and is still found: AWS mostly delivers within ten
	// minutes, but promises nothing. From 5m to 24h.
	Lookback time.Duration `mapstructure:"lookback"`

	// VisibilityTimeout is for how long a message of the queue stays hidden from others: it is extended while its object is
	// being read, and when it was left alone, it is offered again after that. From 10s to 12h, which is the most of SQS.
	VisibilityTimeout time.Duration `mapstructure:"visibility_timeout"`

	// MaxConcurrentObjects is how many objects are read at the same time; at least 1.
	MaxConcurrentObjects int `mapstructure:"max_concurrent_objects"`

	// IncludeKey adds the bucket and key of the object to the resource of the records, as aws.s3.bucket and aws.s3.key.
	IncludeKey bool `mapstructure:"include_key"`

	// Region is that of the bucket. Empty means that of the queue, or else the one that the environment, the profile or the
	// instance metadata name.
	Region string `mapstructure:"region"`

	// Profile is the one of AWS's shared configuration files to use; empty means the one that the environment names.
	Profile string `mapstructure:"profile"`

	// RoleARN is the IAM role to assume. Empty means that the credentials that the SDK finds are used as they are.
	RoleARN string `mapstructure:"role_arn"`

	// ExternalID is what the trust policy of the role asks for as sts:ExternalId; empty sends none.
	ExternalID string `mapstructure:"external_id"`

	// Endpoint is the URL of S3 where it is not AWS's own, as for a VPC endpoint or another store; empty means AWS.
	Endpoint string `mapstructure:"endpoint"`

	// ForcePathStyle names the bucket in the path of a request instead of in its host, as other stores than AWS's want it.
	ForcePathStyle bool `mapstructure:"force_path_style"`
}

func defaultS3() s3Config {
	return s3Config{
		MaxConcurrentObjects: 4,
		VisibilityTimeout:    2 * time.Minute,
		PollInterval:         defaultPollInterval,
		Lookback:             defaultLookback,
	}
}

const (
	minVisibility = 10 * time.Second
	// maxVisibility is what SQS allows; see ChangeMessageVisibility in its API reference.
	maxVisibility = 12 * time.Hour
)

// validateS3 names each mistake by its key and the value it got.
func validateS3(c *s3Config) error {
	errs := []error{validateS3Time(c)}
	bad := func(key, value, want string) {
		errs = append(errs, fmt.Errorf("s3::%s: %s, got %q", key, want, value))
	}
	switch {
	case c.SQSQueueURL == "":
	case !isHTTP(c.SQSQueueURL):
		bad("sqs_queue_url", redacted(c.SQSQueueURL), "must be the URL of a queue")
	case strings.HasSuffix(c.SQSQueueURL, ".fifo"):
		bad("sqs_queue_url", redacted(c.SQSQueueURL), "must be a standard queue: S3 does not notify FIFO queues")
	}
	if strings.ContainsAny(c.Bucket, "/:") {
		bad("bucket", c.Bucket, "must be the name of a bucket, without s3:// and what is in it")
	}
	if strings.HasPrefix(c.Prefix, "/") || strings.Contains(c.Prefix, "://") {
		bad("prefix", c.Prefix, "must be what the keys begin with, without a slash before and without the bucket")
	}
	if c.Endpoint != "" && !isHTTP(c.Endpoint) {
		bad("endpoint", redacted(c.Endpoint), "must be a URL")
	}
	if c.MaxConcurrentObjects < 1 {
		bad("max_concurrent_objects", strconv.Itoa(c.MaxConcurrentObjects), "must be at least 1")
	}
	if c.VisibilityTimeout < minVisibility || c.VisibilityTimeout > maxVisibility {
		bad("visibility_timeout", c.VisibilityTimeout.String(), fmt.Sprintf("must be from %v to %v, with its unit", minVisibility, maxVisibility))
	}
	if c.RoleARN != "" && !strings.HasPrefix(c.RoleARN, "arn:") {
		bad("role_arn", c.RoleARN, "must be an ARN")
	}
	if c.ExternalID != "" && c.RoleARN == "" {
		errs = append(errs, errors.New("s3::external_id: means nothing without s3::role_arn"))
	}
	return errors.Join(errs...)
}
