// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"time"
)

// Expiry is the first second at which something no longer applies, in Unix seconds. Zero means never.
type Expiry int64

// UnmarshalText parses a date such as 2027-06-30, which means 00:00 UTC of that day, or a time in RFC 3339 form. A
// fraction of a second is rounded up.
func (e *Expiry) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		at, err = time.Parse(time.RFC3339, string(text))
	}
	if err != nil {
		return fmt.Errorf("%q is neither a date such as 2027-06-30 nor a time such as 2027-06-30T12:00:00Z", text)
	}
	*e = Expiry(max(at.Add(time.Second-time.Nanosecond).Unix(), 1)) // zero would mean never
	return nil
}

// String returns the date, or the time in RFC 3339 form if it is not 00:00 UTC.
func (e Expiry) String() string {
	at := time.Unix(int64(e), 0).UTC()
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339)
}
