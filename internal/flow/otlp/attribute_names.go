// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// The attributes that are not in the field table.
const (
	keyProvider = "cloud.provider"
	keyAccount  = "cloud.account.id"
	keyRegion   = "cloud.region"
	keyFormat   = "vpc_flow.format"
	// keyLines is the number of lines in the body of a block.
	keyLines        = "vpc_flow.lines"
	keySource       = "source.address"
	keyDestination  = "destination.address"
	keyLocal        = "network.local.address"
	keyIntermediate = "aws.vpc.flow.destination.intermediate_address"
	keyProtocolName = "network.protocol.name"
	// keyLocalSide says which address keyLocal replaces, if that does not follow from the direction.
	keyLocalSide = "aws.vpc.flow.local_side"
)

// addressKeys are the attributes of addresses, in the order of flow.Record.Addresses.
var addressKeys = [4]string{keySource, keyDestination, keyLocal, keyIntermediate}

// localSides are the values of keyLocalSide.
var localSides = [...]string{flow.Ingress: "destination", flow.Egress: "source"}
