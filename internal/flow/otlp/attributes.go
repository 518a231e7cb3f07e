// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"maps"
	"math"
	"net/netip"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// meaning is what an attribute of a log record says of a flow.
type meaning struct {
	key    string
	traits traits
	// set puts the value in its place in a Flow; nil where detection has no use for it.
	set func(dst *Flow, value pcommon.Value) Reason
}

// traits are what a record is known to be for having some attributes.
type traits uint8

const (
	// evidence: it can be nothing else than a decoded flow.
	evidence traits = 1 << iota
	// packet: the addresses of the packet stand beside others, which may be a middle interface's.
	packet
)

// meanings are those of the attributes that our decoder writes, which are also those of the awslogs_encoding extension,
// and those of the Elastic Common Schema (see ecs). Each field with an attribute of its own is read by its row of the
// table of fields; the others are listed here.
var meanings = func() map[string]*meaning {
	byKey := ecs()
	maps.Copy(byKey, map[string]*meaning{
		keySource:       {traits: evidence, set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Src = addr })},
		keyDestination:  {traits: evidence, set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Dst = addr })},
		keyLocal:        {set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Local = addr })},
		keyIntermediate: {set: addressOf(func(dst *Flow, addr netip.Addr) { dst.Intermediate = addr })},
		keyProtocolName: {set: protocolOf},
	})
	for i := range fields {
		f := &fields[i]
		if f.key != "" && f.kind != account && f.kind != region {
			byKey[f.key] = &meaning{set: f.setter()}
		}
	}
	for key, m := range byKey {
		m.key = key
		if strings.HasPrefix(key, "aws.vpc.flow.") || strings.HasPrefix(key, "aws.tgw.") {
			m.traits |= evidence
		}
	}
	return byKey
}()

// setter reads the attribute of a field.
func (f *field) setter() func(dst *Flow, value pcommon.Value) Reason {
	switch {
	case f.kind == startTime:
		return startOf
	case f.set == nil:
		return nil
	case f.kind == word:
		return f.setWord
	case f.kind == number, f.kind == digits, f.kind == protocol:
		return f.setNumber
	}
	return f.setText
}

func (f *field) setText(dst *Flow, value pcommon.Value) Reason {
	f.set(dst, value.Str(), 0)
	return ""
}

// setWord takes the attribute's word as well as the flow log's, which some decoders leave as it is.
func (f *field) setWord(dst *Flow, value pcommon.Value) Reason {
	text := value.Str()
	for i, w := range f.words {
		if text != "" && (w.value == text || w.text == text) {
			f.set(dst, text, int64(i))
			return ""
		}
	}
	return BadValue
}

func (f *field) setNumber(dst *Flow, value pcommon.Value) Reason {
	n, reason := numberOf(value, f.greatest)
	if reason == "" {
		f.set(dst, "", n)
	}
	return reason
}

// numberOf takes numbers, text that is one, and the whole ones among floats: JSON makes no difference.
func numberOf(value pcommon.Value, greatest int64) (int64, Reason) {
	var n int64
	switch value.Type() {
	case pcommon.ValueTypeInt:
		n = value.Int()
	case pcommon.ValueTypeDouble:
		n = wholeFloat(value.Double())
	default:
		return parseNumber(value.Str(), greatest)
	}
	if n < 0 || n > greatest {
		return 0, BadValue
	}
	return n, ""
}

// wholeFloat gives the number that a float is; -1 where it is none from zero to where floats are exact.
func wholeFloat(float float64) int64 {
	if float != math.Trunc(float) || float < 0 || float >= maxWholeFloat {
		return -1
	}
	return int64(float)
}

// maxWholeFloat is from where on floats are not exact.
const maxWholeFloat = 1 << 53

// startOf takes Unix seconds, and times as ISO 8601 writes them.
func startOf(dst *Flow, value pcommon.Value) Reason {
	n, reason := numberOf(value, maxTime)
	if reason == NotANumber {
		start, err := time.Parse(time.RFC3339, value.Str())
		if err != nil || start.Unix() < 0 {
			return BadValue
		}
		n, reason = start.Unix(), ""
	}
	if reason == "" {
		dst.Time = seconds(n)
	}
	return reason
}

// protocolOf takes a protocol's name where the record has no number; network.protocol.number comes before it or after.
func protocolOf(dst *Flow, value pcommon.Value) Reason {
	if dst.Protocol == 0 {
		dst.Protocol, _ = ProtocolNumber(value.Str())
	}
	return ""
}

func addressOf(set func(*Flow, netip.Addr)) func(*Flow, pcommon.Value) Reason {
	return func(dst *Flow, value pcommon.Value) Reason {
		addr, reason := parseAddress(value.Str())
		set(dst, addr)
		return reason
	}
}
