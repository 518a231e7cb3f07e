// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"cmp"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// What rules ask of an event, in the words of their definitions.

func request(ev *Event) bool { return ev.role == Request }

func rejected(ev *Event) bool { return ev.Action == flow.Reject }

func rejectedRequest(ev *Event) bool { return rejected(ev) && request(ev) }

// overPorts tells of TCP and UDP.
func overPorts(ev *Event) bool { return ev.Protocol == tcp || ev.Protocol == udp }

func requestOverPorts(ev *Event) bool { return request(ev) && overPorts(ev) }

func transport(ev *Event) string { return protocolText(ev.Protocol) }

// protocolText is the IANA keyword, or the number where there is none.
func protocolText(number uint8) string {
	return cmp.Or(flow.ProtocolName(number), strconv.Itoa(int(number)))
}

func portText(port uint16) string { return strconv.Itoa(int(port)) }
