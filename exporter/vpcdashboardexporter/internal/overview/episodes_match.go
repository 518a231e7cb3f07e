// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// matches tells whether the query asks for such an alert, whatever its time.
func (q *AlertQuery) matches(a *alert.Alert) bool {
	switch {
	case q.Rule != "" && a.Rule != q.Rule,
		a.Severity < q.Severity,
		q.Status != "" && (q.Status == alert.Resolved) != (a.Status == alert.Resolved),
		q.Address.IsValid() && !names(a, q.Address):
		return false
	}
	return true
}

// names tells whether the alert names an address in the prefix.
func names(a *alert.Alert, prefix netip.Prefix) bool {
	in := prefix.Contains
	return in(a.Source) || in(a.Destination) || in(a.Indicator) || slices.ContainsFunc(a.Sources, in) ||
		slices.ContainsFunc(a.Destinations, in) || slices.ContainsFunc(a.Samples, func(s alert.Sample) bool {
		return in(s.Source.Addr()) || in(s.Destination.Addr())
	})
}
