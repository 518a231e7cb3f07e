// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// AlertQuery selects episodes, most recent first. The zero value selects all.
type AlertQuery struct {
	// Range is how far back from the latest event time; zero for all.
	Range time.Duration
	// Rule is the id of a rule; empty for all.
	Rule string
	// Severity is the lowest severity; zero for all.
	Severity alert.Severity
	// Address selects episodes that name an address in the prefix in any field; invalid for all.
	Address netip.Prefix
	// Status selects open (opened or updated) or resolved episodes; empty for all.
	Status alert.Status
	// DryRun selects alerts by whether their rule is in dry run; empty for all.
	DryRun DryRun
	// Offset and Limit select a page. A limit of zero or less returns all from the offset on.
	Offset int
	Limit  int
}

// DryRun selects alerts by whether nobody is notified of them.
type DryRun string

// The selections of dry-run alerts.
const (
	NoDryRun   DryRun = "no"
	OnlyDryRun DryRun = "only"
)

// apply returns the selected page of episodes that are not older than since, and the number of matches on all pages.
func (q *AlertQuery) apply(all []*Episode, since int64) (page []Episode, total int) {
	all = slices.DeleteFunc(all, func(e *Episode) bool { return e.Time < since || !q.matches(&e.Alert) })
	slices.SortFunc(all, func(a, b *Episode) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.UID, b.UID))
	})
	total = len(all)
	from := min(max(q.Offset, 0), total)
	limit := q.Limit
	if limit <= 0 {
		limit = total
	}
	for _, e := range all[from:min(total, from+min(limit, total))] {
		page = append(page, *e)
	}
	return page, total
}

// matches reports whether the query selects the alert, regardless of its time.
func (q *AlertQuery) matches(a *alert.Alert) bool {
	switch {
	case q.Rule != "" && a.Rule != q.Rule,
		a.Severity < q.Severity,
		q.DryRun != "" && (q.DryRun == OnlyDryRun) != a.DryRun,
		q.Status != "" && (q.Status == alert.Resolved) != (a.Status == alert.Resolved),
		q.Address.IsValid() && !hasAddress(a, q.Address):
		return false
	}
	return true
}

// hasAddress reports whether the alert names an address in the prefix.
func hasAddress(a *alert.Alert, prefix netip.Prefix) bool {
	in := prefix.Contains
	return in(a.Source) || in(a.Destination) || in(a.Indicator) || slices.ContainsFunc(a.Sources, in) ||
		slices.ContainsFunc(a.Destinations, in) || slices.ContainsFunc(a.Samples, func(s alert.Sample) bool {
		return in(s.Source.Addr()) || in(s.Destination.Addr())
	})
}
