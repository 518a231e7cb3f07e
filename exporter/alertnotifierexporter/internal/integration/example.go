// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// example is an alert with a value for every field. Its addresses are from RFC 5737.
var example = alert.Alert{
	UID: "example", Status: alert.Opened, Severity: alert.High, Time: 1736899219, Body: "203.0.113.7 reached 198.51.100.1.",
	Rule: "example", Title: "Example", Scope: "123456789012", Account: "123456789012", Region: "eu-west-1", VPC: "vpc-1", Interface: "eni-1", Instance: "i-1",
	Tactic: alert.Tactic{ID: "TA0043", Name: "Reconnaissance"}, Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"},
	Source: netip.MustParseAddr("203.0.113.7"), Destination: netip.MustParseAddr("198.51.100.1"), DestinationPort: 22, Transport: "tcp",
	Sources: []netip.Addr{netip.MustParseAddr("203.0.113.7")}, Destinations: []netip.Addr{netip.MustParseAddr("198.51.100.1")}, DestinationPorts: []uint16{22},
	Measure: 1, Threshold: 1, Unit: alert.Flows, Window: 600, FirstSeen: 1736899200, LastSeen: 1736899219, Flows: 1, Packets: 1, Bytes: 60,
	Samples:   []alert.Sample{alert.ParseSample("203.0.113.7:50009 > 198.51.100.1:22 tcp ACCEPT 1 60 1736899219 eni-1")},
	Indicator: netip.MustParseAddr("203.0.113.7"), Feed: "example", SourceCountry: "DE", DestinationCountry: "SE",
	AcceptedFlows: 1, AcceptedTargets: []netip.AddrPort{netip.MustParseAddrPort("198.51.100.1:22")},
	SourceMachine:      alert.Machine{Interface: "eni-1", Instance: "i-1", VPC: "vpc-1", Subnet: "subnet-1", Zone: "euw1-az1", Name: "example"},
	DestinationMachine: alert.Machine{Interface: "eni-1", Instance: "i-1", VPC: "vpc-1", Subnet: "subnet-1", Zone: "euw1-az1", Name: "example"},
	Impact:             "Example.", Mitigation: "Example.", Stages: []string{"access"}, Related: []string{"example"},
}
