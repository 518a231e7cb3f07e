// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import "net/netip"

// Class says which sides of a flow are internal.
type Class uint8

// The classes of flows, with the source first.
const (
	ExternalToExternal Class = iota
	ExternalToInternal
	InternalToExternal
	InternalToInternal
)

// Class returns the class of a flow from src to dst. The ranges are the internal ones.
func (r *Ranges) Class(src, dst netip.Addr) Class {
	class := ExternalToExternal
	if r.Contains(src) {
		class = InternalToExternal
	}
	if r.Contains(dst) {
		class++ // the class with an internal destination follows that with an external one
	}
	return class
}

// String returns the name of the class in metrics.
func (c Class) String() string {
	switch c {
	case ExternalToInternal:
		return "external_to_internal"
	case InternalToExternal:
		return "internal_to_external"
	case InternalToInternal:
		return "internal_to_internal"
	default:
		return "external_to_external"
	}
}
