// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/allowlist"
)

// The parts of an allowlist in the configuration.
type (
	// Ignore is an entry of an allowlist.
	Ignore = allowlist.Entry
	// Network is a CIDR or a single address.
	Network = configtype.Network
	// PortRange is a range of ports, including both ends.
	PortRange = configtype.PortRange
	// Protocol is an IANA protocol number.
	Protocol = allowlist.Protocol
	// Expiry is the first second at which an entry no longer applies, in Unix seconds.
	Expiry = configtype.Expiry
	// Expired is an entry that no longer applies.
	Expired = allowlist.Expired
)

// IgnoreFile is an allowlist from a file. It applies to all rules.
type IgnoreFile struct {
	// Path identifies entries without a name in metrics.
	Path    string
	Entries []Ignore
}
