// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"fmt"
	"math"
	"net/netip"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// maxText bounds each text of an alert, in bytes. Texts of the rules are much shorter. The bound limits the memory that
// a forged alert can use.
const maxText = 4096

// maxTime is the last second of the year 9999, in Unix seconds. RFC 3339 has no later times.
const maxTime = 253402300799

// reader reads typed attributes. A missing attribute is zero. The first invalid one sets err, which callers check once at
// the end.
type reader struct {
	attributes pcommon.Map
	err        error
}

func (r *reader) fail(name, value, want string) {
	if r.err == nil {
		r.err = fmt.Errorf("alert: %s is %q, must be %s", name, value[:min(len(value), 100)], want)
	}
}

func (r *reader) get(name string, of pcommon.ValueType) (pcommon.Value, bool) {
	v, ok := r.attributes.Get(name)
	return v, ok && r.is(name, v, of)
}

func (r *reader) is(name string, v pcommon.Value, of pcommon.ValueType) bool {
	if v.Type() != of {
		r.fail(name, v.AsString(), "of type "+of.String())
		return false
	}
	return true
}

func (r *reader) text(name string) string {
	if v, ok := r.get(name, pcommon.ValueTypeStr); ok {
		return r.asText(name, v)
	}
	return ""
}

func (r *reader) asText(name string, v pcommon.Value) string { return r.bounded(name, v.Str()) }

func (r *reader) bounded(name, text string) string {
	if len(text) > maxText {
		r.fail(name, text, fmt.Sprintf("of at most %d bytes", maxText))
		return ""
	}
	return text
}

// number reads a number that is not negative.
func (r *reader) number(name string) int64 {
	return r.upTo(name, math.MaxInt64, "a number of at least 0")
}

// seconds reads a Unix time or a duration in seconds.
func (r *reader) seconds(name string) int64 {
	return r.upTo(name, maxTime, "a number of seconds from 0 to the year 9999")
}

func (r *reader) upTo(name string, maximum int64, want string) int64 {
	v, ok := r.get(name, pcommon.ValueTypeInt)
	if !ok {
		return 0
	}
	if v.Int() < 0 || v.Int() > maximum {
		r.fail(name, v.AsString(), want)
		return 0
	}
	return v.Int()
}

func (r *reader) flag(name string) bool {
	v, ok := r.get(name, pcommon.ValueTypeBool)
	return ok && v.Bool()
}

func (r *reader) port(name string) uint16 {
	if v, ok := r.get(name, pcommon.ValueTypeInt); ok {
		return r.asPort(name, v)
	}
	return 0
}

func (r *reader) address(name string) netip.Addr {
	if v, ok := r.get(name, pcommon.ValueTypeStr); ok {
		return r.asAddress(name, v)
	}
	return netip.Addr{}
}

func (r *reader) prefix(name string) netip.Prefix {
	v, ok := r.get(name, pcommon.ValueTypeStr)
	if !ok {
		return netip.Prefix{}
	}
	prefix, err := netip.ParsePrefix(v.Str())
	if err != nil {
		r.fail(name, v.Str(), "a CIDR")
	}
	return prefix
}

func (r *reader) texts(name string) []string {
	return each(r, name, pcommon.ValueTypeStr, r.asText)
}

func (r *reader) addresses(name string) []netip.Addr {
	return each(r, name, pcommon.ValueTypeStr, r.asAddress)
}

func (r *reader) ports(name string) []uint16 {
	return each(r, name, pcommon.ValueTypeInt, r.asPort)
}

func (r *reader) targets(name string) []netip.AddrPort {
	return each(r, name, pcommon.ValueTypeStr, r.asTarget)
}

func (r *reader) totals() alert.Totals {
	return alert.Totals{
		Measure: r.number(alert.AttrEpisodeMeasure),
		Flows:   r.number(alert.AttrEpisodeFlows),
		Packets: r.number(alert.AttrEpisodePackets),
		Bytes:   r.number(alert.AttrEpisodeBytes),
		Seconds: r.seconds(alert.AttrEpisodeSeconds),
	}
}

func (r *reader) samples(name string) []alert.Sample {
	return each(r, name, pcommon.ValueTypeStr, func(name string, v pcommon.Value) alert.Sample {
		return alert.ParseSample(r.asText(name, v))
	})
}

func (r *reader) asAddress(name string, v pcommon.Value) netip.Addr {
	a, err := netip.ParseAddr(v.Str())
	if err != nil || a.Zone() != "" {
		r.fail(name, v.Str(), "an IP address without a zone")
		return netip.Addr{}
	}
	return a
}

// asTarget reads address:port, or an address alone.
func (r *reader) asTarget(name string, v pcommon.Value) netip.AddrPort {
	target, err := netip.ParseAddrPort(v.Str())
	if err == nil && target.Addr().Zone() == "" {
		return target
	}
	if a, err := netip.ParseAddr(v.Str()); err == nil && a.Zone() == "" {
		return netip.AddrPortFrom(a, 0)
	}
	r.fail(name, v.Str(), "an IP address without a zone, with or without a port")
	return netip.AddrPort{}
}

func (r *reader) asPort(name string, v pcommon.Value) uint16 {
	if v.Int() < 0 || v.Int() > math.MaxUint16 {
		r.fail(name, v.AsString(), "a port number")
		return 0
	}
	return uint16(v.Int())
}

// each reads the first alert.MaxList entries of a list with the given function.
func each[T any](r *reader, name string, of pcommon.ValueType, as func(string, pcommon.Value) T) []T {
	v, ok := r.get(name, pcommon.ValueTypeSlice)
	if !ok {
		return nil
	}
	values := make([]T, 0, min(v.Slice().Len(), alert.MaxList))
	for i, entry := range v.Slice().All() {
		if i == alert.MaxList {
			break
		}
		if r.is(name, entry, of) {
			values = append(values, as(name, entry))
		}
	}
	return values
}
