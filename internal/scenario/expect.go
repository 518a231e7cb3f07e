// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Expectation says how often a rule must alert about a subject. Empty and zero parts match anything.
type Expectation struct {
	Rule        string     `json:"rule"`
	Source      netip.Addr `json:"source"`
	Destination netip.Addr `json:"destination"`
	Port        uint16     `json:"port"`
	// Country is the country of the destination.
	Country string `json:"country"`
	Account string `json:"account"`
	// Severity is low, medium, high or critical.
	Severity alert.Severity `json:"severity"`

	// Count, Updated and Resolved are the expected numbers of alerts by status. Count is for opened alerts.
	Count    int `json:"count"`
	Updated  int `json:"updated"`
	Resolved int `json:"resolved"`
	// Time and Measure are the values of the opened alerts, in order.
	Time    []int64 `json:"t"`
	Measure []int64 `json:"measure"`
}

// Compare returns a sentence for each difference between the alerts and the expectations.
func Compare(expect []Expectation, alerts []*alert.Alert) (differences []string) {
	matching := make([][]*alert.Alert, len(expect))
	for _, a := range alerts {
		i := slices.IndexFunc(expect, func(e Expectation) bool { return e.matches(a) })
		if i < 0 {
			differences = append(differences, "not expected: "+describe(a))
			continue
		}
		matching[i] = append(matching[i], a)
	}
	for i, e := range expect {
		differences = append(differences, e.compare(matching[i])...)
	}
	return differences
}

func (e *Expectation) matches(a *alert.Alert) bool {
	return e.Rule == a.Rule &&
		(!e.Source.IsValid() || e.Source == a.Source) &&
		(!e.Destination.IsValid() || e.Destination == a.Destination) &&
		(e.Port == 0 || e.Port == a.DestinationPort) &&
		(e.Country == "" || e.Country == a.DestinationCountry) &&
		(e.Account == "" || e.Account == a.Account) &&
		(e.Severity == 0 || e.Severity == a.Severity)
}

// compare compares the alerts that match the expectation.
func (e *Expectation) compare(alerts []*alert.Alert) (differences []string) {
	counts := map[alert.Status]int{}
	var times, measures []int64
	for _, a := range alerts {
		counts[a.Status]++
		if a.Status == alert.Opened {
			times, measures = append(times, a.Time), append(measures, a.Measure)
		}
	}
	differ := func(what string, want, got any) {
		differences = append(differences, fmt.Sprintf("%s: %s: want %v, got %v", e, what, want, got))
	}
	for _, count := range []struct {
		status alert.Status
		want   int
	}{{alert.Opened, e.Count}, {alert.Updated, e.Updated}, {alert.Resolved, e.Resolved}} {
		if got := counts[count.status]; got != count.want {
			differ(string(count.status), count.want, got)
		}
	}
	if e.Time != nil && !slices.Equal(e.Time, times) {
		differ("t", e.Time, times)
	}
	if e.Measure != nil && !slices.Equal(e.Measure, measures) {
		differ("measure", e.Measure, measures)
	}
	return differences
}

// String returns the rule and the subject of the expectation.
func (e *Expectation) String() string {
	parts := []string{e.Rule}
	if e.Source.IsValid() {
		parts = append(parts, "from "+e.Source.String())
	}
	if e.Destination.IsValid() {
		parts = append(parts, "to "+e.Destination.String())
	}
	if e.Port != 0 {
		parts = append(parts, fmt.Sprintf("port %d", e.Port))
	}
	if e.Country != "" {
		parts = append(parts, "in "+e.Country)
	}
	if e.Account != "" {
		parts = append(parts, "of account "+e.Account)
	}
	return strings.Join(parts, " ")
}

func describe(a *alert.Alert) string {
	about := Expectation{
		Rule: a.Rule, Source: a.Source, Destination: a.Destination, Port: a.DestinationPort,
		Country: a.DestinationCountry, Account: a.Account,
	}
	return fmt.Sprintf("%s %s, t %d, measure %d", &about, a.Status, a.Time, a.Measure)
}
