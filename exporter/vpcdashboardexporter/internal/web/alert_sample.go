// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// sample is a flow that an alert shows as evidence. The page shows the raw text of a sample that could not be parsed.
type sample struct{ alert.Sample }

// Parsed reports whether the sample has fields, not just raw text.
func (s sample) Parsed() bool { return s.Source.IsValid() }

// Time returns the time of the flow in UTC.
func (s sample) Time() time.Time { return unix(s.Sample.Time) }

// Interface returns the network interface, or - if it is unknown.
func (s sample) Interface() string { return cmp.Or(s.Sample.Interface, "-") }

func samples(list []alert.Sample) []sample {
	rows := make([]sample, len(list))
	for i := range list {
		rows[i] = sample{list[i]}
	}
	return rows
}
