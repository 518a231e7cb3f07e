// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Target describes the destination: an address, a port, or both.
func (a alertView) Target() string {
	switch {
	case a.Destination.IsValid() && a.DestinationPort != 0:
		return netip.AddrPortFrom(a.Destination, a.DestinationPort).String()
	case a.Destination.IsValid():
		return a.Destination.String()
	case len(a.Destinations) == 1:
		return a.Destinations[0].String()
	case len(a.Destinations) > 0:
		return a.Length(len(a.Destinations)) + " addresses"
	case a.DestinationPort != 0:
		return fmt.Sprintf("port %d", a.DestinationPort)
	default:
		return ""
	}
}

// Incomplete reports whether a list of n entries was truncated. A truncated record does not say which of its lists is
// incomplete, but a list with free space is complete.
func (a alertView) Incomplete(n int) bool { return a.Truncated && n >= alert.MaxList }

// Length describes the length of a list with n entries.
func (a alertView) Length(n int) string {
	if a.Incomplete(n) {
		return strconv.Itoa(n) + " or more"
	}
	return strconv.Itoa(n)
}

// MoreDestinations reports whether the list has other destinations than the single one.
func (a alertView) MoreDestinations() bool {
	return len(a.Destinations) > 1 || len(a.Destinations) == 1 && a.Destinations[0] != a.Destination
}

// MorePorts reports whether the list has other ports than the single one.
func (a alertView) MorePorts() bool {
	return len(a.DestinationPorts) > 1 || len(a.DestinationPorts) == 1 && a.DestinationPorts[0] != a.DestinationPort
}
