// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// The formats that AWS uses by default. They must not be modified.
var (
	// Default is the format of version 2.
	Default, _ = ParseFormat("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes " +
		"start end action log-status")
	// TransitGateway is the default format of Transit Gateway flow logs.
	TransitGateway, _ = ParseFormat("version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id " +
		"tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni " +
		"tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end " +
		"log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired " +
		"tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service")
)
