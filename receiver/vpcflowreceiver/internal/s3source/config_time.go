// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"fmt"
	"time"
)

const (
	defaultPollInterval = time.Minute
	defaultLookback     = time.Hour
	minPollInterval     = time.Second
	// minLookback is the time that one object covers: before, it cannot be there.
	minLookback = 5 * time.Minute
	// maxLookback bounds how many objects are listed again and again.
	maxLookback = 24 * time.Hour
)

// lists says that the bucket is listed.
func (c *s3Config) lists() bool { return c.Follow || !c.StartTime.IsZero() }

// validateS3Time names each mistake in what says which times to read, by its key and the value it got.
func validateS3Time(c *s3Config) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("s3::"+format, args...)) }
	hasStart, hasEnd, hasQueue := !c.StartTime.IsZero(), !c.EndTime.IsZero(), c.SQSQueueURL != ""
	switch {
	case !hasQueue && !hasStart && !hasEnd && !c.Follow:
		errs = append(errs, errors.New("s3: nothing says which objects to read: give sqs_queue_url, or start_time and end_time, or follow: true"))
	case hasEnd && !hasStart:
		bad("end_time: needs a start_time, got %q without", c.EndTime.Format(time.RFC3339))
	case c.Follow && hasEnd:
		bad("end_time: ends what follow: true is to go on with, got %q", c.EndTime.Format(time.RFC3339))
	case c.Follow && hasQueue:
		bad("follow: does by lists what sqs_queue_url does; for what was there before, give start_time with the queue")
	case hasStart && !hasEnd && !c.Follow && !hasQueue:
		bad("start_time: needs an end_time, or to go on with follow: true or sqs_queue_url, got %q alone", c.StartTime.Format(time.RFC3339))
	case hasEnd && !c.EndTime.After(c.StartTime):
		bad("end_time: must be after start_time, got %q", c.EndTime.Format(time.RFC3339))
	}
	if c.PollInterval < minPollInterval {
		bad("poll_interval: must be at least %v, with its unit, got %q", minPollInterval, c.PollInterval)
	}
	if c.Lookback < minLookback || c.Lookback > maxLookback {
		bad("lookback: must be from %v to %v, with its unit, got %q", minLookback, maxLookback, c.Lookback)
	}
	if c.lists() {
		if c.Bucket == "" {
			bad("bucket: must be given with start_time or follow")
		}
		if _, err := levelOf(c.Prefix); err != nil {
			bad("prefix: %w", err)
		}
	}
	return errors.Join(errs...)
}
