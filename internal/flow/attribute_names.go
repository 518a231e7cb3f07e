// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Attributes that the table of fields does not name, as they stand for no single field of a line or for no record.
const (
	keyProvider     = "cloud.provider"
	keyAccount      = "cloud.account.id"
	keyRegion       = "cloud.region"
	keyFormat       = "vpc_flow.format"
	keySource       = "source.address"
	keyDestination  = "destination.address"
	keyLocal        = "network.local.address"
	keyIntermediate = "aws.vpc.flow.destination.intermediate_address"
	keyProtocolName = "network.protocol.name"
)
