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

// traits are properties of a record that follow from the presence of an attribute.
type traits uint8

const (
	// isFlow: the record can only be a decoded flow.
	isFlow traits = 1 << iota
	// hasPacketAddress: the record has the packet's addresses in addition to the addresses at the interface, which may
	// be an intermediate one.
	hasPacketAddress
	// hasLocal: the record has the address of an intermediate interface.
	hasLocal
	// hasLocalSide: the record says whether this address replaces the source or the destination.
	hasLocalSide
)
