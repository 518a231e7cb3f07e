// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// Conditions that several rules share.

func request(ev *Event) bool { return ev.role == Request }

func rejected(ev *Event) bool { return ev.Action == flow.Reject }

func rejectedRequest(ev *Event) bool { return rejected(ev) && request(ev) }

func tcpOrUDP(ev *Event) bool { return ev.Protocol == tcp || ev.Protocol == udp }

func requestOverTCPOrUDP(ev *Event) bool { return request(ev) && tcpOrUDP(ev) }

// toInternal lists the classes of flows whose destination is internal.
var toInternal = []network.Class{network.ExternalToInternal, network.InternalToInternal}
