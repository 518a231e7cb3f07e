// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package alerttest provides alerts for tests.
package alerttest

import (
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// T0 is the event time of the first flow of each alert, in Unix seconds: 2025-01-15 00:00:00 UTC.
const T0 = 1736899200

// Noon returns the initial time of the test clock, twelve hours after T0.
func Noon() time.Time { return time.Unix(T0, 0).UTC().Add(12 * time.Hour) }

// PortScan returns the first alert of an episode: a port scan from an address.
func PortScan(uid, source string) *alert.Alert {
	return &alert.Alert{
		UID: uid, Status: alert.Opened, Severity: alert.High, Time: T0 + 19,
		Body: source + " tried 20 ports of internal hosts in 19 s.", Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "external_port_scan", Title: "Potential Port Scanning Detected (External to Internal)", Category: "window", RulesetVersion: "1",
		Tactic:    alert.Tactic{ID: "TA0043", Name: "Reconnaissance"},
		Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"}, RelatedTechniques: []string{"T1046"},
		Source: netip.MustParseAddr(source), Transport: "tcp",
		Destinations:     []netip.Addr{netip.MustParseAddr("10.0.1.11"), netip.MustParseAddr("10.0.1.10")},
		DestinationPorts: []uint16{2019, 2018}, Truncated: true,
		Measure: 20, Threshold: 20, Unit: alert.Ports, Window: 600,
		FirstSeen: T0, LastSeen: T0 + 19, Flows: 20, Packets: 20, Bytes: 1200,
		Samples:   []alert.Sample{alert.ParseSample(source + ":50009 > 10.0.1.11:2019 tcp REJECT 1 60 1736899219 eni-1")},
		Interface: "eni-1", VPC: "vpc-1", SourceCountry: "DE",
		Impact: "A scan reveals reachable services.", Mitigation: "Close unused ports.",
	}
}

// ListedDestination returns an alert with the fields that PortScan does not have: a host reached an address on a threat
// list.
func ListedDestination() *alert.Alert {
	return &alert.Alert{
		UID: "l", Status: alert.Opened, Severity: alert.Critical, Time: T0, Body: "10.0.0.5 reached 130.239.200.130.",
		Rule: "suspicious_destination", Source: netip.MustParseAddr("10.0.0.5"), Destination: netip.MustParseAddr("130.239.200.130"),
		DestinationPort: 8080, Transport: "tcp", Technique: alert.Technique{ID: "T1110.003"},
		Indicator: netip.MustParseAddr("130.239.200.130"), IndicatorEntry: netip.MustParsePrefix("130.239.200.128/25"),
		IndicatorProvider: "abuse.ch", Feed: "feodo", SourceCountry: "US", DestinationCountry: "SE", Instance: "i-1",
		Sources: []netip.Addr{netip.MustParseAddr("10.0.0.5")}, Measure: 1_234_567, Threshold: 1, Unit: alert.Bytes, Window: 90,
		Flows: 1, Packets: 1000, Bytes: 1_234_567,
	}
}

// Later returns the alert ten minutes later with another status.
func Later(status alert.Status, a *alert.Alert) *alert.Alert {
	next := *a
	next.Status = status
	next.Time += 600
	next.LastSeen += 600
	return &next
}

// WithSeverity returns the alert with another severity.
func WithSeverity(severity alert.Severity, a *alert.Alert) *alert.Alert {
	next := *a
	next.Severity = severity
	return &next
}
