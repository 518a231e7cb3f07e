// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"fmt"
	"time"
)

// Date is the first second of a day in UTC, in Unix seconds. Zero means no date.
type Date int64

// UnmarshalText parses a date such as 2027-06-30.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2027-06-30", text)
	}
	*d = Date(day.Unix())
	return nil
}

// String returns the date in the form of UnmarshalText.
func (d Date) String() string { return time.Unix(int64(d), 0).UTC().Format(time.DateOnly) }
