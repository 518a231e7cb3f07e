// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"math"
	"net/netip"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// unknownTime marks a missing time while a log record is being read.
const unknownTime = -1

// setter stores the value of an attribute in a Flow. It returns an empty reason, or the reason why the value is bad.
type setter func(dst *flow.Flow, value pcommon.Value) flow.Reason

// fieldSetter returns the setter for the attribute of a field; nil if detection does not use the field.
func fieldSetter(f *flow.Field) setter {
	switch f.Kind {
	case flow.KindStart:
		return setTime
	case flow.KindWord:
		return setWord(f)
	case flow.KindNumber, flow.KindDigits, flow.KindProtocol:
		return setNumber(f)
	}
	return setText(f)
}

func setText(f *flow.Field) setter {
	if f.Set == nil {
		return nil
	}
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		f.Set(dst, value.Str(), 0)
		return ""
	}
}

// setWord accepts the attribute's word, and the word of the flow log, which some decoders keep.
func setWord(f *flow.Field) setter {
	if f.Set == nil {
		return nil
	}
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		text := value.Str()
		for i, word := range f.Words {
			if text != "" && (word.Attribute == text || word.Text == text) {
				f.Set(dst, text, int64(i))
				return ""
			}
		}
		return flow.BadValue
	}
}

func setNumber(f *flow.Field) setter {
	if f.Set == nil {
		return nil
	}
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		n, reason := parseNumber(value, f.Max)
		if reason == "" {
			f.Set(dst, "", n)
		}
		return reason
	}
}

// setTime sets the time from Unix seconds, milliseconds, or text in RFC 3339 form.
func setTime(dst *flow.Flow, value pcommon.Value) flow.Reason {
	n, reason := parseNumber(value, flow.MaxTime)
	if reason == flow.NotANumber {
		start, err := time.Parse(time.RFC3339, value.Str())
		if err != nil || start.Unix() < 0 {
			return flow.BadValue
		}
		n, reason = start.Unix(), ""
	}
	if reason == "" {
		dst.Time = flow.Seconds(n)
	}
	return reason
}

// setProtocolName sets the protocol from its name, unless the record also has its number, before or after the name.
func setProtocolName(dst *flow.Flow, value pcommon.Value) flow.Reason {
	if dst.Protocol == 0 {
		dst.Protocol, _ = flow.ProtocolNumber(value.Str())
	}
	return ""
}

func setLocalSide(dst *flow.Flow, value pcommon.Value) flow.Reason {
	switch value.Str() {
	case localSides[flow.Ingress]:
		dst.LocalIsDst = true
	case localSides[flow.Egress]:
		dst.LocalIsDst = false
	default:
		return flow.BadValue
	}
	return ""
}

// setAddress makes a setter that parses an address and passes it to store.
func setAddress(store func(*flow.Flow, netip.Addr)) setter {
	return func(dst *flow.Flow, value pcommon.Value) flow.Reason {
		addr, reason := flow.ParseAddress(value.Str())
		store(dst, addr)
		return reason
	}
}

// parseNumber accepts integers, integral floats, and text that consists of digits, because JSON producers use any of
// them.
func parseNumber(value pcommon.Value, limit int64) (int64, flow.Reason) {
	var n int64
	switch value.Type() {
	case pcommon.ValueTypeInt:
		n = value.Int()
	case pcommon.ValueTypeDouble:
		n = integral(value.Double())
	default:
		return flow.ParseNumber(value.Str(), limit)
	}
	if n < 0 || n > limit {
		return 0, flow.BadValue
	}
	return n, ""
}

// integral converts an integral float from zero to maxIntegral. It returns -1 for any other.
func integral(float float64) int64 {
	if float != math.Trunc(float) || float < 0 || float >= maxIntegral {
		return -1
	}
	return int64(float)
}

// maxIntegral bounds the integers that a float can represent exactly.
const maxIntegral = 1 << 53
