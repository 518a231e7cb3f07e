// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net/netip"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// ecsPrefix precedes the names of fields, spelled with underscores, in records of Elastic's AWS integration.
const ecsPrefix = "aws.vpcflow."

// ecsAttributes returns the attributes of the Elastic Common Schema, as Elastic's AWS integration and Beats write them.
// Their source.ip is the address of the interface, and the packet's address is given in addition. While a record is
// read, Local and Intermediate therefore hold the packet's addresses. resolvePacketAddresses then corrects all four.
func ecsAttributes() map[string]*attribute {
	src := setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Src = addr })
	dst := setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Dst = addr })
	bytes, packets := namedSetter("bytes"), namedSetter("packets")
	byKey := map[string]*attribute{
		"source.ip":               {traits: isFlow, set: src},
		"destination.ip":          {traits: isFlow, set: dst},
		"network.iana_number":     {set: namedSetter("protocol")},
		"network.transport":       {set: setProtocolName},
		"network.direction":       {set: setDirection},
		"source.bytes":            {set: bytes},
		"source.packets":          {set: packets},
		"network.bytes":           {set: unless(func(dst *flow.Flow) bool { return dst.Bytes > 0 }, bytes)},
		"network.packets":         {set: unless(func(dst *flow.Flow) bool { return dst.Packets > 0 }, packets)},
		"event.action":            {set: setAction},
		"event.start":             {set: setTime},
		"event.end":               {set: setEnd},
		keyAccount:                {set: setAccount},
		keyRegion:                 {set: namedSetter("region")},
		"cloud.availability_zone": {set: namedSetter("az-id")},
	}
	for _, f := range flow.Fields() {
		byKey[ecsPrefix+strings.ReplaceAll(f.Name, "-", "_")] = &attribute{traits: isFlow, set: fieldSetter(&f)}
	}
	for name, a := range map[string]*attribute{
		"srcaddr":     {set: src},
		"dstaddr":     {set: dst},
		"pkt_srcaddr": {traits: hasPacketAddress, set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Local = addr })},
		"pkt_dstaddr": {traits: hasPacketAddress, set: setAddress(func(dst *flow.Flow, addr netip.Addr) { dst.Intermediate = addr })},
		"end":         {set: setEnd},
	} {
		a.traits |= isFlow
		byKey[ecsPrefix+name] = a
	}
	for _, a := range byKey {
		a.set = unlessAbsent(a.set)
	}
	return byKey
}

// namedSetter returns the setter of a field by its name.
func namedSetter(name string) setter {
	f, _ := flow.LookupField(name)
	return fieldSetter(f)
}

// unless returns a setter that skips an attribute if the record has a more specific one. network.bytes and
// network.packets are the sums of both directions, and a flow has only one.
func unless(known func(*flow.Flow) bool, set setter) setter {
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		if known(dst) {
			return ""
		}
		return set(dst, value)
	}
}

// setEnd sets the time from the end of the flow, unless the record also has its start, before or after the end.
var setEnd = unless(func(dst *flow.Flow) bool { return dst.Time != unknownTime }, setTime)

// setAccount sets the account, unless the flow log names one. cloud.account.id may be the account that the log was read
// in.
func setAccount(dst *flow.Flow, value pcommon.Value) flow.Reason {
	if dst.Account == "" {
		dst.Account = value.Str()
	}
	return ""
}

// setDirection ignores values that give the direction at the network instead of the interface.
func setDirection(dst *flow.Flow, value pcommon.Value) flow.Reason {
	switch value.Str() {
	case "ingress", "inbound":
		dst.Direction = flow.Ingress
	case "egress", "outbound":
		dst.Direction = flow.Egress
	}
	return ""
}

// setAction ignores other actions, because all kinds of events have an action.
func setAction(dst *flow.Flow, value pcommon.Value) flow.Reason {
	switch text := value.Str(); {
	case strings.EqualFold(text, "accept"):
		dst.Action = flow.Accept
	case strings.EqualFold(text, "reject"):
		dst.Action = flow.Reject
	}
	return ""
}

// unlessAbsent returns a setter that skips the `-` that some versions keep.
func unlessAbsent(set setter) setter {
	if set == nil {
		return nil
	}
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		if value.Str() == flow.Absent {
			return ""
		}
		return set(dst, value)
	}
}

// resolvePacketAddresses moves the packet's addresses to Src and Dst, and the addresses of an intermediate interface to
// Local and Intermediate.
func resolvePacketAddresses(dst *flow.Flow) {
	var srcMiddle, dstMiddle netip.Addr
	dst.Src, srcMiddle = packetSide(dst.Src, dst.Local)
	dst.Dst, dstMiddle = packetSide(dst.Dst, dst.Intermediate)
	dst.Local, dst.Intermediate = srcMiddle, dstMiddle
	if !srcMiddle.IsValid() {
		dst.Local, dst.Intermediate = dstMiddle, netip.Addr{}
		dst.LocalIsDst = dstMiddle.IsValid()
	}
}

// packetSide returns the packet's address of one side, and the interface's address if that differs.
func packetSide(iface, packet netip.Addr) (address, middle netip.Addr) {
	switch {
	case !packet.IsValid():
		return iface, packet
	case iface == packet:
		return packet, netip.Addr{}
	}
	return packet, iface
}
