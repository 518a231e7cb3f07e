// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

// attribute says how to read one attribute of a log record.
type attribute struct {
	key    string
	traits traits
	// set stores the value in a Flow; nil if detection does not use it.
	set setter
}

// traits are what the presence of an attribute says about its record.
type traits uint8

const (
	// isFlow: the record can only be a decoded flow.
	isFlow traits = 1 << iota
	// hasPacketAddress: the packet's addresses are given in addition to those of the interface, which may belong to a
	// middle interface.
	hasPacketAddress
	// hasLocal: the record has the address of a middle interface.
	hasLocal
	// hasLocalSide: the record says which address that of the middle interface replaces.
	hasLocalSide
)
