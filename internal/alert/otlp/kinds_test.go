// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net/netip"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// kinds are typical alerts. Each kind has other known fields.
var kinds = map[string]alert.Alert{
	// A window rule with the source as its key. The targets are lists.
	"distinct_by_source": {
		UID: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.Low,
		Time: 1736899219, Observed: observed,
		Body:  "203.0.113.7 tried 20 ports of internal hosts in 19 s.",
		Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "external_port_scan", Title: "Potential Port Scanning Detected (External to Internal)",
		Category: "window", RulesetVersion: "1",
		Tactic:    alert.Tactic{ID: "TA0043", Name: "Reconnaissance"},
		Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"},
		Source:    addr("203.0.113.7"), Transport: "tcp",
		Destinations:     []netip.Addr{addr("10.0.1.11"), addr("10.0.1.10")},
		DestinationPorts: []uint16{2019, 2018, 2017},
		Truncated:        true,
		Measure:          20, Threshold: 20, Unit: alert.Ports, Window: 600,
		FirstSeen: 1736899200, LastSeen: 1736899219, Flows: 20, Packets: 20, Bytes: 1200,
		AcceptedFlows: 1, RejectedFlows: 19, AcceptedTargets: []netip.AddrPort{netip.MustParseAddrPort("10.0.1.10:2000")},
		RoleEvidence: alert.ByPorts,
		Samples: []alert.Sample{
			alert.ParseSample("203.0.113.7:50009 > 10.0.1.11:2019 tcp REJECT 1 60 1736899219 eni-0a1b2c3d4e5f60718"),
			alert.ParseSample("203.0.113.7:50000 > 10.0.1.10:2000 tcp ACCEPT 1 60 1736899200 eni-0a1b2c3d4e5f60718"),
		},
		Interface:  "eni-0a1b2c3d4e5f60718",
		Impact:     "The scanner learns which services can be reached.",
		Mitigation: "Close the ports that need not be open to the internet.",
	},
	// A sum for a pair of IPv6 addresses.
	"sum_by_pair": {
		UID: "1f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Updated, Severity: alert.Medium,
		Time: 1736902800, Observed: observed,
		Body:  "2001:db8:1::5 sent 200,000,010 bytes to 2001:67c:2e8::1 in 1 h.",
		Scope: "vpc-0a1b2c3d", Account: "123456789012", Region: "eu-west-1",
		Rule: "large_outbound_transfer", Title: "Anomalous Outbound Data Transferred",
		Category: "window", RulesetVersion: "1",
		Tactic:            alert.Tactic{ID: "TA0043", Name: "Reconnaissance"},
		Technique:         alert.Technique{ID: "T1595", Name: "Active Scanning"},
		RelatedTechniques: []string{"T1048"},
		Source:            addr("2001:db8:1::5"), Destination: addr("2001:67c:2e8::1"), DestinationPort: 443, Transport: "tcp",
		Measure: 200_000_010, Threshold: 20_000_000, Unit: alert.Bytes, Window: 3600,
		FirstSeen: 1736899200, LastSeen: 1736902800, Flows: 61, Packets: 140_000, Bytes: 200_000_010,
		AcceptedFlows: 61, AcceptedTargets: []netip.AddrPort{netip.MustParseAddrPort("[2001:67c:2e8::1]:443")},
		Episode:            alert.Totals{Measure: 220_000_000, Flows: 70, Packets: 154_000, Bytes: 220_000_000, Seconds: 3600},
		RoleEvidence:       alert.ByFlags,
		Samples:            []alert.Sample{alert.ParseSample("[2001:db8:1::5]:50000 > [2001:67c:2e8::1]:443 tcp ACCEPT 900 1300000 1736902800 eni-1")},
		DestinationCountry: "NL",
		VPC:                "vpc-0a1b2c3d", Interface: "eni-1", Instance: "i-0123456789abcdef0",
		Impact: "Data may have left.", Mitigation: "Find out what was sent, and by whom.",
	},
	// A sequence of failures and a success. Destination and port are those of the success; the failures are lists.
	"sequence": {
		UID: "2f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.High,
		Time: 1736899300, Observed: observed,
		Body:  "203.0.113.7 logged in to 10.0.1.12:22 after 5 failures against 2 destinations.",
		Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "remote_service_brute_force", Title: "Possible Brute Force Attack Over Remote Service Ports",
		Category: "sequence", RulesetVersion: "1",
		Tactic:            alert.Tactic{ID: "TA0008", Name: "Lateral Movement"},
		Technique:         alert.Technique{ID: "T1021", Name: "Remote Services"},
		RelatedTechniques: []string{"T1110"},
		Source:            addr("203.0.113.7"), Destination: addr("10.0.1.12"), DestinationPort: 22, Transport: "tcp",
		Destinations: []netip.Addr{addr("10.0.1.11"), addr("10.0.1.10")},
		Measure:      5, Threshold: 5, Unit: alert.Attempts, Window: 3600,
		FirstSeen: 1736899200, LastSeen: 1736899300, Flows: 6, Packets: 30, Bytes: 3600,
		AcceptedFlows: 1, RejectedFlows: 5, AcceptedTargets: []netip.AddrPort{netip.MustParseAddrPort("10.0.1.12:22")},
		RoleEvidence: alert.ByFlags,
	},
	// An address on a threat list.
	"threat": {
		UID: "3f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.High,
		Time: 1736899205, Observed: observed,
		Body:  "10.0.0.5 reached 130.239.200.130, which feodo lists.",
		Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "suspicious_destination", Title: "Outbound Communication With Suspicious IP Addresses",
		Category: "threat", RulesetVersion: "1",
		Tactic:    alert.Tactic{ID: "TA0011", Name: "Command and Control"},
		Technique: alert.Technique{ID: "T1071", Name: "Application Layer Protocol"},
		Source:    addr("10.0.0.5"), Destination: addr("130.239.200.130"), DestinationPort: 8080, Transport: "tcp",
		Measure: 1, Threshold: 1, Unit: alert.Flows,
		FirstSeen: 1736899205, LastSeen: 1736899205, Flows: 1, Packets: 1, Bytes: 60,
		RoleEvidence: alert.ByPorts,
		Indicator:    addr("130.239.200.130"), IndicatorEntry: netip.MustParsePrefix("130.239.200.128/25"),
		IndicatorProvider: "abuse.ch", Feed: "feodo",
		DestinationCountry: "SE",
	},
	// A pair of addresses that was not seen before.
	"first_seen_pair": {
		UID: "4f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.Low,
		Time: 1737504000, Observed: observed,
		Body:  "10.0.0.5 contacted 10.0.2.10 for the first time in 30 days.",
		Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "new_internal_peer", Title: "Internal Communication with a New IP Address",
		Category: "first_seen", RulesetVersion: "1",
		Tactic:            alert.Tactic{ID: "TA0010", Name: "Exfiltration"},
		Technique:         alert.Technique{ID: "T1041", Name: "Exfiltration Over C2 Channel"},
		RelatedTechniques: []string{"T1021"},
		Source:            addr("10.0.0.5"), Destination: addr("10.0.2.10"), DestinationPort: 5432, Transport: "tcp",
		Measure: 1, Threshold: 1, Unit: alert.Flows,
		FirstSeen: 1737504000, LastSeen: 1737504000, Flows: 1, Packets: 10, Bytes: 2000,
		RoleEvidence: alert.ByPorts,
	},
	// The key is a country and the scope is global. Scope and account are unknown.
	"first_seen_country": {
		UID: "5f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.Low,
		Time: 1736899200, Observed: observed,
		Body: "10.0.0.5 reached 200.160.0.8 in BR, a country that was not seen for 30 days.",
		Rule: "unusual_country", Title: "Outbound Traffic to an Unusual Geo Location",
		Category: "first_seen", RulesetVersion: "1",
		Tactic:    alert.Tactic{ID: "TA0011", Name: "Command and Control"},
		Technique: alert.Technique{ID: "T1071", Name: "Application Layer Protocol"},
		Source:    addr("10.0.0.5"), Destination: addr("200.160.0.8"), DestinationPort: 443, Transport: "tcp",
		Measure: 1, Threshold: 1, Unit: alert.Flows,
		FirstSeen: 1736899200, LastSeen: 1736899200, Flows: 1, Packets: 1, Bytes: 60,
		RoleEvidence:       alert.ByPorts,
		DestinationCountry: "BR",
	},
	// Several alerts about one host. It has no destination and no totals.
	"attack_sequence": {
		UID: "7f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Opened, Severity: alert.Critical,
		Time: 1736900400, Observed: observed,
		Body:  "10.0.0.5: accepted 203.0.113.7 after 5 rejected attempts (20:03), scanned 10.0.2.10 (20:06), sent 30 MB to 198.51.100.9 (20:20)",
		Scope: "123456789012", Account: "123456789012", Region: "eu-west-1",
		Rule: "attack_sequence", Title: "Multi-Stage Attack on One Host", Category: "attack_sequence", RulesetVersion: "1",
		Tactic:            alert.Tactic{ID: "TA0008", Name: "Lateral Movement"},
		Technique:         alert.Technique{ID: "T1021", Name: "Remote Services"},
		RelatedTechniques: []string{"T1595"},
		Source:            addr("10.0.0.5"),
		Measure:           3, Threshold: 3, Unit: alert.Stages, Window: 86400,
		FirstSeen: 1736899380, LastSeen: 1736900400,
		Stages:  []string{"access", "discovery", "exfiltration"},
		Related: []string{"2f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "1f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	},
	// The end of an episode of a protocol without ports and roles.
	"resolved": {
		UID: "6f1e2d3c4b5a69788796a5b4c3d2e1f0", Status: alert.Resolved, Severity: alert.Critical,
		Time: 1736899500, Observed: observed,
		Body:  "The excessive ICMP from 198.51.100.9 has ended.",
		Scope: "123456789012", Account: "123456789012",
		Rule: "excessive_inbound_icmp", Title: "Excessive Inbound ICMP Traffic Observed",
		Category: "window", RulesetVersion: "1",
		Tactic:    alert.Tactic{ID: "TA0043", Name: "Reconnaissance"},
		Technique: alert.Technique{ID: "T1595", Name: "Active Scanning"},
		Source:    addr("198.51.100.9"), Transport: "icmp",
		Destinations: []netip.Addr{addr("10.0.1.10")},
		Measure:      1000, Threshold: 1000, Unit: alert.Packets, Window: 300,
		FirstSeen: 1736899200, LastSeen: 1736899500, Flows: 5, Packets: 1000, Bytes: 84_000,
		AcceptedFlows: 5, AcceptedTargets: []netip.AddrPort{netip.AddrPortFrom(addr("10.0.1.10"), 0)},
		Episode:       alert.Totals{Measure: 1200, Flows: 6, Packets: 1200, Bytes: 100_800, Seconds: 300},
		RoleEvidence:  alert.ByNone,
		SourceCountry: "DE",
	},
}

var observed = time.Date(2025, time.January, 22, 0, 0, 5, 250_000_000, time.UTC)

func addr(text string) netip.Addr { return netip.MustParseAddr(text) }
