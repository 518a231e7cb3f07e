// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxPageTop is the number of groups on the page.
const maxPageTop = 50

// flowView adds the texts and links of the page to a flow.
type flowView struct {
	flowstore.Row
	params flowParams
}

// Time returns the start of the flow.
func (f flowView) Time() time.Time { return flowTime(f.Start) }

// ProtocolName returns the keyword of the protocol, or its number.
func (f flowView) ProtocolName() string {
	return cmp.Or(flow.ProtocolName(uint8(f.Protocol)), strconv.Itoa(int(f.Protocol)))
}

// With returns the page with another filter.
func (f flowView) With(name string, value any) string {
	switch v := value.(type) {
	case int32:
		return f.params.URL("/flows", name, strconv.Itoa(int(v)))
	case string:
		return f.params.URL("/flows", name, v)
	}
	return "/flows"
}

// flowTopRow is a group of flows.
type flowTopRow struct {
	Value, URL            string
	Flows, Bytes, Packets uint64
}

// filterOf maps columns to the parameters that filter by them.
var filterOf = map[string]string{
	"srcaddr": "source", "dstaddr": "destination", "srcport": "port", "dstport": "port", "protocol": "protocol", "action": "action",
	"account_id": "account", "region": "region", "vpc_id": "vpc", "interface_id": "interface", "class": "class",
	"src_country": "country", "dst_country": "country",
}

func (b *flowsBody) setTop(top *flowstore.Top) {
	b.TopOf = b.Params.by
	for _, e := range top.Entries {
		r := flowTopRow{Value: cmp.Or(e.Value, "(none)"), Flows: e.Flows, Bytes: e.Bytes, Packets: e.Packets}
		if name := filterOf[b.Params.by]; name != "" && e.Value != "" {
			r.URL = b.Params.URL("/flows", name, e.Value, "by", "", "measure", "")
		}
		b.Top = append(b.Top, r)
	}
}

// flowsURL returns the page of the flows with a filter in a time range, in Unix seconds.
func flowsURL(from, to int64, name, value string) string {
	values := url.Values{"from": {flowTime(from).Format(time.RFC3339)}, "to": {flowTime(to).Format(time.RFC3339)}}
	if value != "" {
		values.Set(name, value)
	}
	return "/flows?" + values.Encode()
}

// FlowsURL returns the page of the flows behind an alert: between its addresses, in the time of its traffic.
func (a alertView) FlowsURL() string {
	from, to := cmp.Or(a.FirstSeen, a.Time), max(a.LastSeen, a.Time)+1
	if a.HasTotals() && a.Totals().Seconds > 0 {
		from = min(from, to-1-a.Totals().Seconds)
	}
	name, address := "address", a.onlyAddress()
	if a.Source.IsValid() {
		name, address = "source", a.Source.String()
	}
	u := flowsURL(from, to, name, address)
	if a.Source.IsValid() && a.Destination.IsValid() {
		u = flowsURL(from, to, "address", a.Destination.String()) + "&source=" + url.QueryEscape(address)
	}
	return u
}

// onlyAddress returns the destination of an alert without a source, or nothing.
func (a alertView) onlyAddress() string {
	var none netip.Addr
	if a.Destination != none {
		return a.Destination.String()
	}
	return ""
}

// topFlowsURL returns the page of the flows behind a value of the overview.
func topFlowsURL(from, to time.Time, parameter, key string) string {
	if parameter == "" || key == "" {
		return ""
	}
	return flowsURL(from.Unix(), to.Unix(), parameter, key)
}
