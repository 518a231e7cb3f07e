// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"net/netip"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// ecsPrefix stands before the names of fields, spelt with `_`, in records of Elastic's AWS integration.
const ecsPrefix = "aws.vpcflow."

// ecs are the meanings of attributes of the Elastic Common Schema, as Elastic's AWS integration and Beats write them. Its
// `source.ip` is the interface's address, and the packet's stands beside it; so while a record is being read, Local and
// Intermediate hold the addresses of the packet, until resolvePacket puts them in order.
func ecs() map[string]*meaning {
	src := addressOf(func(dst *Flow, addr netip.Addr) { dst.Src = addr })
	dst := addressOf(func(dst *Flow, addr netip.Addr) { dst.Dst = addr })
	byKey := map[string]*meaning{
		"source.ip":           {traits: evidence, set: src},
		"destination.ip":      {traits: evidence, set: dst},
		"network.iana_number": {set: known["protocol"].setter()},
		"network.transport":   {set: protocolOf},
		"network.direction":   {set: directionOf},
		"source.bytes":        {set: known["bytes"].setter()},
		"source.packets":      {set: known["packets"].setter()},
		"network.bytes":       {set: bytesOf},
		"network.packets":     {set: packetsOf},
		"event.action":        {set: actionOf},
		"event.start":         {set: startOf},
		"event.end":           {set: endOf},
		keyAccount:            {set: accountOf},
		keyRegion:             {set: known["region"].setter()},
	}
	for i := range fields {
		f := &fields[i]
		byKey[ecsPrefix+strings.ReplaceAll(f.name, "-", "_")] = &meaning{traits: evidence, set: f.setter()}
	}
	for name, m := range map[string]*meaning{
		"srcaddr":     {set: src},
		"dstaddr":     {set: dst},
		"pkt_srcaddr": {traits: packet, set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Local = addr })},
		"pkt_dstaddr": {traits: packet, set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Intermediate = addr })},
		"end":         {set: endOf},
	} {
		m.traits |= evidence
		byKey[ecsPrefix+name] = m
	}
	for _, m := range byKey {
		m.set = unlessAbsent(m.set)
	}
	return byKey
}

// unlessAbsent passes over the `-` that some versions leave in.
func unlessAbsent(set func(*Flow, pcommon.Value) Reason) func(*Flow, pcommon.Value) Reason {
	if set == nil {
		return nil
	}
	return func(dst *Flow, value pcommon.Value) Reason {
		if value.Str() == absent {
			return ""
		}
		return set(dst, value)
	}
}

// resolvePacket tells the packet's own addresses from those of a middle interface.
func (dst *Flow) resolvePacket() {
	var srcMiddle, dstMiddle netip.Addr
	dst.Src, srcMiddle = packetSide(dst.Src, dst.Local)
	dst.Dst, dstMiddle = packetSide(dst.Dst, dst.Intermediate)
	dst.Local, dst.Intermediate = srcMiddle, dstMiddle
	if !srcMiddle.IsValid() {
		dst.Local, dst.Intermediate = dstMiddle, netip.Addr{}
	}
}

// packetSide gives the packet's own address of one side, and the interface's where it differs.
func packetSide(own, packet netip.Addr) (address, middle netip.Addr) {
	switch {
	case !packet.IsValid():
		return own, packet
	case own == packet:
		return packet, netip.Addr{}
	}
	return packet, own
}

// bytesOf and packetsOf take the sum of both directions, of which a flow has one, where there is no number for that.
func bytesOf(dst *Flow, value pcommon.Value) Reason {
	if dst.Bytes > 0 {
		return ""
	}
	return known["bytes"].setNumber(dst, value)
}

func packetsOf(dst *Flow, value pcommon.Value) Reason {
	if dst.Packets > 0 {
		return ""
	}
	return known["packets"].setNumber(dst, value)
}

// endOf takes the end where there is no start; that may come before it or after.
func endOf(dst *Flow, value pcommon.Value) Reason {
	if dst.Time != unknownTime {
		return ""
	}
	return startOf(dst, value)
}

// accountOf takes the account of the cloud where the flow log names none: that may be the one that the log was read in.
func accountOf(dst *Flow, value pcommon.Value) Reason {
	if dst.Account == "" {
		dst.Account = value.Str()
	}
	return ""
}

// directionOf knows the directions as a host sees them; those that a network sees say nothing of an interface.
func directionOf(dst *Flow, value pcommon.Value) Reason {
	switch value.Str() {
	case "ingress", "inbound":
		dst.Direction = Ingress
	case "egress", "outbound":
		dst.Direction = Egress
	}
	return ""
}

// actionOf takes no other actions: any event has some.
func actionOf(dst *Flow, value pcommon.Value) Reason {
	switch text := value.Str(); {
	case strings.EqualFold(text, "accept"):
		dst.Action = Accept
	case strings.EqualFold(text, "reject"):
		dst.Action = Reject
	}
	return ""
}
