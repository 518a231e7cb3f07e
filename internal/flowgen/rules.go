// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// The ids of the rules that labels name.
const (
	rejectedInternalScan    = "rejected_internal_scan"
	externalPortScan        = "external_port_scan"
	internalPortScan        = "internal_port_scan"
	remoteServiceBruteForce = "remote_service_brute_force"
	maliciousRemoteAccess   = "malicious_remote_access"
	dnsNotOverUDP           = "dns_not_over_udp"
	newInternalPeer         = "new_internal_peer"
	excessiveInboundICMP    = "excessive_inbound_icmp"
	remoteServiceRejects    = "remote_service_rejects"
	suspiciousDestination   = "suspicious_destination"
	unusualCountry          = "unusual_country"
	largeOutboundTransfer   = "large_outbound_transfer"
	externalRejectSweep     = "external_reject_sweep"
	internalRejectSweep     = "internal_reject_sweep"
)
