// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"net/netip"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// writer writes typed attributes, and omits unknown values.
type writer struct{ attributes pcommon.Map }

func (w writer) text(name, value string) {
	if value != "" {
		w.attributes.PutStr(name, value)
	}
}

// count writes a number even if it is zero.
func (w writer) count(name string, value int64) {
	w.attributes.PutInt(name, value)
}

// number writes a number unless it is zero, which means unknown.
func (w writer) number(name string, value int64) {
	if value != 0 {
		w.attributes.PutInt(name, value)
	}
}

func (w writer) flag(name string, value bool) {
	if value {
		w.attributes.PutBool(name, true)
	}
}

func (w writer) address(name string, value netip.Addr) {
	if value.IsValid() {
		w.attributes.PutStr(name, value.String())
	}
}

func (w writer) prefix(name string, value netip.Prefix) {
	if value.IsValid() {
		w.attributes.PutStr(name, value.String())
	}
}

func (w writer) texts(name string, values []string) {
	list(w, name, values, alert.MaxList, func(v pcommon.Value, text string) { v.SetStr(text) })
}

func (w writer) addresses(name string, values []netip.Addr) {
	list(w, name, values, alert.MaxList, func(v pcommon.Value, a netip.Addr) { v.SetStr(a.String()) })
}

func (w writer) samples(name string, values []alert.Sample) {
	list(w, name, values, alert.MaxSamples, func(v pcommon.Value, s alert.Sample) { v.SetStr(s.String()) })
}

func (w writer) ports(name string, values []uint16) {
	list(w, name, values, alert.MaxList, func(v pcommon.Value, port uint16) { v.SetInt(int64(port)) })
}

// targets writes each target as address:port, or as the address alone if it has no port.
func (w writer) targets(name string, values []netip.AddrPort) {
	list(w, name, values, alert.MaxList, func(v pcommon.Value, target netip.AddrPort) {
		if target.Port() == 0 {
			v.SetStr(target.Addr().String())
		} else {
			v.SetStr(target.String())
		}
	})
}

// totals writes the totals of an episode, unless there are none.
func (w writer) totals(t alert.Totals) {
	if t == (alert.Totals{}) {
		return
	}
	w.count(alert.AttrEpisodeMeasure, t.Measure)
	w.count(alert.AttrEpisodeFlows, t.Flows)
	w.count(alert.AttrEpisodePackets, t.Packets)
	w.count(alert.AttrEpisodeBytes, t.Bytes)
	w.count(alert.AttrEpisodeSeconds, t.Seconds)
}

// list writes the first entries of a list with the given function.
func list[T any](w writer, name string, values []T, limit int, set func(pcommon.Value, T)) {
	if len(values) == 0 {
		return
	}
	values = values[:min(len(values), limit)]
	slice := w.attributes.PutEmptySlice(name)
	slice.EnsureCapacity(len(values))
	for _, value := range values {
		set(slice.AppendEmpty(), value)
	}
}
