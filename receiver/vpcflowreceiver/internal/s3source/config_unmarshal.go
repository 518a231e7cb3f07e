// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// Unmarshal reads the section s3. It checks times and durations itself, because the errors of the decoder name a layout or
// a unit instead of the value.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	var errs []error
	check := func(key string, parse func(text string) error, want string) {
		if text, ok := conf.Get(key).(string); ok && parse(text) != nil {
			errs = append(errs, fmt.Errorf("s3::%s: %q is not %s", key, text, want))
		}
	}
	for _, key := range []string{"start_time", "end_time"} {
		check(key, func(text string) error { return new(time.Time).UnmarshalText([]byte(text)) }, "a time such as 2026-04-01T00:00:00Z")
	}
	for _, key := range []string{"poll_interval", "lookback", "visibility_timeout"} {
		check(key, func(text string) error {
			_, err := time.ParseDuration(text)
			return err
		}, "a duration such as 90s, 2m or 1h30m")
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return conf.Unmarshal(c)
}
