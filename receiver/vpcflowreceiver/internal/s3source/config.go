// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// Config selects the S3 objects to read and the credentials to use. It needs a queue, a start time, or follow.
type Config struct {
	// Bucket is the bucket to read from. With a queue it may be empty: announced objects of all
	// buckets are then read. Otherwise objects of other buckets are skipped.
	Bucket string `mapstructure:"bucket"`

	// Prefix is the beginning of the keys to read. Other keys are skipped. Empty reads all.
	Prefix string `mapstructure:"prefix"`

	// SQSQueueURL is the URL of the queue that announces new objects. Empty uses no queue.
	SQSQueueURL string `mapstructure:"sqs_queue_url"`

	// StartTime and EndTime are the range to read by listing the bucket, in the order of time. The time of an object is
	// the time in its name: the start of the five minutes in which its flows ended. StartTime is included, EndTime is
	// not. A zero StartTime reads no range. A zero EndTime needs Follow or a queue, which continue with new objects.
	StartTime time.Time `mapstructure:"start_time"`
	EndTime   time.Time `mapstructure:"end_time"`

	// Follow lists the bucket every PollInterval to read new objects. Without StartTime it begins Lookback before the first
	// start.
	Follow bool `mapstructure:"follow"`

	// PollInterval is the wait between two listings of the bucket; at least 1s.
	PollInterval time.Duration `mapstructure:"poll_interval"`

	// Lookback is the time for which late objects are expected, counted from the time in their names. AWS delivers most
	// objects within ten minutes, without a guarantee. From 5m to 24h.
	Lookback time.Duration `mapstructure:"lookback"`

	// VisibilityTimeout is how long a message of the queue stays hidden from other receivers. It is extended while the
	// objects of the message are read. From 10s to 12h, the maximum of SQS.
	VisibilityTimeout time.Duration `mapstructure:"visibility_timeout"`

	// MaxConcurrentObjects is how many objects are read at the same time; at least 1.
	MaxConcurrentObjects int `mapstructure:"max_concurrent_objects"`

	// IncludeKey adds aws.s3.bucket and aws.s3.key to the resource of the records.
	IncludeKey bool `mapstructure:"include_key"`

	// Region is the region of the bucket. Empty uses the region in the queue URL, or else the region of the
	// environment, the profile or the instance metadata.
	Region string `mapstructure:"region"`

	// Profile is a profile of AWS's shared configuration files. Empty uses the profile of the environment.
	Profile string `mapstructure:"profile"`

	// RoleARN is an IAM role to assume. Empty uses the credentials that the AWS SDK finds.
	RoleARN string `mapstructure:"role_arn"`

	// ExternalID is the sts:ExternalId that the trust policy of the role requires. Empty sends none.
	ExternalID string `mapstructure:"external_id"`

	// Endpoint is the URL of a VPC endpoint or of another store. Empty uses AWS.
	Endpoint string `mapstructure:"endpoint"`

	// ForcePathStyle puts the bucket into the path of a request instead of the host, as other stores than AWS require.
	ForcePathStyle bool `mapstructure:"force_path_style"`
}

const (
	minPollInterval = time.Second
	// minLookback is the time that one object covers. It cannot be delivered earlier.
	minLookback = 5 * time.Minute
	// maxLookback bounds the number of objects that are listed in every pass.
	maxLookback   = 24 * time.Hour
	minVisibility = 10 * time.Second
	// maxVisibility is the maximum of SQS; see ChangeMessageVisibility in its API reference.
	maxVisibility = 12 * time.Hour
)

// NewDefaultConfig returns the default configuration. It selects no objects.
func NewDefaultConfig() Config {
	return Config{
		MaxConcurrentObjects: 4,
		VisibilityTimeout:    2 * time.Minute,
		PollInterval:         time.Minute,
		Lookback:             time.Hour,
	}
}

// Check returns all errors in the configuration, each with its key and value. It is not named Validate, because the
// collector would call it as well.
func (c *Config) Check() error {
	var errs []error
	bad := func(key, value, want string) {
		errs = append(errs, fmt.Errorf("s3::%s: %s, got %q", key, want, value))
	}
	errs = append(errs, c.checkTimes())
	switch {
	case c.SQSQueueURL == "":
	case !isHTTP(c.SQSQueueURL):
		bad("sqs_queue_url", redact.URL(c.SQSQueueURL), "must be the URL of a queue")
	case strings.HasSuffix(c.SQSQueueURL, ".fifo"):
		bad("sqs_queue_url", redact.URL(c.SQSQueueURL), "must be a standard queue: S3 does not notify FIFO queues")
	}
	if strings.ContainsAny(c.Bucket, "/:") {
		bad("bucket", c.Bucket, "must be the name of a bucket, without s3:// and without a key")
	}
	if strings.HasPrefix(c.Prefix, "/") || strings.Contains(c.Prefix, "://") {
		bad("prefix", c.Prefix, "must be the beginning of the keys, without a leading slash and without the bucket")
	}
	if c.Endpoint != "" && !isHTTP(c.Endpoint) {
		bad("endpoint", redact.URL(c.Endpoint), "must be a URL")
	}
	if c.MaxConcurrentObjects < 1 {
		bad("max_concurrent_objects", strconv.Itoa(c.MaxConcurrentObjects), "must be at least 1")
	}
	if c.PollInterval < minPollInterval {
		bad("poll_interval", c.PollInterval.String(), fmt.Sprintf("must be at least %v", minPollInterval))
	}
	if c.Lookback < minLookback || c.Lookback > maxLookback {
		bad("lookback", c.Lookback.String(), fmt.Sprintf("must be from %v to %v", minLookback, maxLookback))
	}
	if c.VisibilityTimeout < minVisibility || c.VisibilityTimeout > maxVisibility {
		bad("visibility_timeout", c.VisibilityTimeout.String(), fmt.Sprintf("must be from %v to %v", minVisibility, maxVisibility))
	}
	if c.RoleARN != "" && !strings.HasPrefix(c.RoleARN, "arn:") {
		bad("role_arn", c.RoleARN, "must be an ARN")
	}
	if c.ExternalID != "" && c.RoleARN == "" {
		errs = append(errs, errors.New("s3::external_id: needs s3::role_arn"))
	}
	return errors.Join(errs...)
}

// checkTimes returns the errors in the settings that select objects by time.
func (c *Config) checkTimes() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("s3::"+format, args...)) }
	hasStart, hasEnd, hasQueue := !c.StartTime.IsZero(), !c.EndTime.IsZero(), c.SQSQueueURL != ""
	start, end := c.StartTime.Format(time.RFC3339), c.EndTime.Format(time.RFC3339)
	switch {
	case !hasQueue && !hasStart && !hasEnd && !c.Follow:
		errs = append(errs, errors.New("s3: no objects selected: set sqs_queue_url, or start_time and end_time, or follow: true"))
	case hasEnd && !hasStart:
		bad("end_time: needs start_time, got %q alone", end)
	case c.Follow && hasEnd:
		bad("end_time: cannot be combined with follow: true, which never ends, got %q", end)
	case c.Follow && hasQueue:
		bad("follow: cannot be combined with sqs_queue_url; to read older objects, set start_time with the queue")
	case hasStart && !hasEnd && !c.Follow && !hasQueue:
		bad("start_time: needs end_time, follow: true or sqs_queue_url, got %q alone", start)
	case hasEnd && !c.EndTime.After(c.StartTime):
		bad("end_time: must be after start_time, got %q", end)
	}
	if c.pollsBucket() {
		if c.Bucket == "" {
			bad("bucket: must be set with start_time or follow")
		}
		if _, err := prefixLevel(c.Prefix); err != nil {
			bad("prefix: %w", err)
		}
	}
	return errors.Join(errs...)
}

// pollsBucket reports whether the bucket is listed.
func (c *Config) pollsBucket() bool { return c.Follow || !c.StartTime.IsZero() }

func isHTTP(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
