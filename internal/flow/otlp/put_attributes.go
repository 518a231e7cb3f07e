// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/xpdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// putAttributes fills attributes with the values of a record.
func putAttributes(attributes pcommon.Map, r *flow.Record, builder *xpdata.MapBuilder) {
	values, addresses := r.Values(), r.Addresses()
	side := localSides[r.LocalSide()]
	builder.EnsureCapacity(countAttributes(r, values, &addresses, side))
	for i := range values {
		v := &values[i]
		putValue(builder, r.Field(v), r.ValueText(v), v.Number)
	}
	for i, text := range addresses {
		if text != "" {
			builder.AppendEmpty(addressKeys[i]).SetStr(text)
		}
	}
	if side != "" {
		builder.AppendEmpty(keyLocalSide).SetStr(side)
	}
	builder.UnsafeIntoMap(attributes)
}

// countAttributes returns the number of attributes of a record, so that exactly as much memory is allocated.
func countAttributes(r *flow.Record, values []flow.Value, addresses *[4]string, side string) int {
	count := len(values)
	if side != "" {
		count++
	}
	for i := range values {
		if v := &values[i]; r.Field(v).Kind == flow.KindProtocol && flow.ProtocolName(uint8(v.Number)) != "" {
			count++
		}
	}
	for _, text := range addresses {
		if text != "" {
			count++
		}
	}
	return count
}

// putValue adds the attributes of one value. n is its number.
func putValue(builder *xpdata.MapBuilder, f *flow.Field, text string, n int64) {
	switch f.Kind {
	case flow.KindNumber:
		builder.AppendEmpty(f.Attribute).SetInt(n)
	case flow.KindStart:
		builder.AppendEmpty(f.Attribute).SetInt(flow.Seconds(n))
	case flow.KindProtocol:
		if name := flow.ProtocolName(uint8(n)); name != "" {
			builder.AppendEmpty(keyProtocolName).SetStr(name)
		}
		builder.AppendEmpty(f.Attribute).SetInt(n)
	case flow.KindWord:
		builder.AppendEmpty(f.Attribute).SetStr(f.Words[n].Attribute)
	case flow.KindLowercase:
		builder.AppendEmpty(f.Attribute).SetStr(lower(text))
	case flow.KindTag:
		builder.AppendEmpty(f.Attribute).SetStr(flow.UnescapeTag(text))
	default:
		builder.AppendEmpty(f.Attribute).SetStr(text)
	}
}

// lower is strings.ToLower without an allocation for the usual values of the field `type`.
func lower(text string) string {
	switch text {
	case "IPv4":
		return "ipv4"
	case "IPv6":
		return "ipv6"
	case "EFA":
		return "efa"
	}
	return strings.ToLower(text)
}
