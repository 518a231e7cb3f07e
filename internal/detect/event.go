// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Event is a flow with all properties that do not depend on the state of a rule.
type Event struct {
	flow.Flow

	class    network.Class
	role     Role
	evidence alert.RoleEvidence // how the role was determined
	accepted bool               // see reachedDestination
	kind     kindSet            // one of them
	src, dst [16]byte
	attempt  attemptKind
	hop      bool // the record names a gateway and is not evaluated

	// Observe sets the remaining fields. Rules must not change them, because several shards read them.
	scope     *scope // only its id and its name
	number    uint64 // of evaluated events
	watermark int64  // of the scope
	first     int64  // the smallest time of the scope that was not late
	// opposite is the greatest time at which the scope has logged the direction opposite to each class.
	opposite [numClasses]int64
	late     bool
}

// set resets the event and stores the flow in it. f may be &ev.Flow.
func (ev *Event) set(f *flow.Flow) {
	if f != &ev.Flow {
		ev.Flow = *f
	}
	ev.hop, ev.scope = false, nil
}

// external returns the address of the external side, or the invalid address if both or neither side is external.
func (ev *Event) external() netip.Addr {
	switch ev.class {
	case network.ExternalToInternal:
		return ev.Src
	case network.InternalToExternal:
		return ev.Dst
	default:
		return netip.Addr{}
	}
}

// country is an ISO 3166-1 code of two letters, or zero if unknown.
type country [2]byte

// String returns the code, or the empty string if it is unknown.
func (c country) String() string {
	if c == (country{}) {
		return ""
	}
	return string(c[:])
}
