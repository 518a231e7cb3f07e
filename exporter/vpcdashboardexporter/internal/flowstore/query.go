// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"net/netip"
	"slices"
)

// Query selects flows. The zero value of a filter means any value.
type Query struct {
	// From and To are the range of the start of the flow, in Unix seconds. To is exclusive.
	From, To int64
	// Address is on either side. Source and Destination are on one side.
	Address, Source, Destination netip.Prefix
	// Port is on either side. It is a pointer because ICMP has port 0.
	Port *uint16
	// Protocol is a number.
	Protocol *uint8
	// These are texts of columns. Country is on either side.
	Action, Class, Account, Region, VPC, Interface, Country string
	// MinBytes is the smallest number of bytes.
	MinBytes int64
}

// condition is a filter. A row matches if any of its columns matches.
type condition struct {
	columns []int
	text    func(string) bool
	small   func(int32) bool
	large   func(int64) bool
	// exact is the only text that matches; empty if there are others. least is the least number that matches.
	exact string
	least int64
}

// position returns the position of a column.
func position(name string) int {
	return slices.IndexFunc(columns, func(c column) bool { return c.name == name })
}

// The positions of the columns that every search may need.
var (
	startColumn   = position("start")
	bytesColumn   = position("bytes")
	packetsColumn = position("packets")
)

// conditions returns the filters of the query, those that exclude most flows first.
func (q *Query) conditions() (list []condition) {
	for _, a := range []struct {
		prefix netip.Prefix
		names  []string
	}{{q.Address, []string{"srcaddr", "dstaddr"}}, {q.Source, []string{"srcaddr"}}, {q.Destination, []string{"dstaddr"}}} {
		if a.prefix.IsValid() {
			list = append(list, addressCondition(a.prefix, a.names))
		}
	}
	if q.Port != nil {
		port := int32(*q.Port)
		list = append(list, condition{columns: []int{position("srcport"), position("dstport")}, small: func(n int32) bool { return n == port }})
	}
	if q.Protocol != nil {
		protocol := int32(*q.Protocol)
		list = append(list, condition{columns: []int{position("protocol")}, small: func(n int32) bool { return n == protocol }})
	}
	for _, t := range []struct {
		value string
		names []string
	}{
		{q.Interface, []string{"interface_id"}},
		{q.VPC, []string{"vpc_id"}},
		{q.Account, []string{"account_id"}},
		{q.Region, []string{"region"}},
		{q.Country, []string{"src_country", "dst_country"}},
		{q.Class, []string{"class"}},
		{q.Action, []string{"action"}},
	} {
		if t.value != "" {
			list = append(list, textCondition(t.value, t.names))
		}
	}
	if q.MinBytes > 0 {
		list = append(list, condition{columns: []int{bytesColumn}, large: func(n int64) bool { return n >= q.MinBytes }, least: q.MinBytes})
	}
	return list
}

func textCondition(value string, names []string) condition {
	c := condition{exact: value, text: func(s string) bool { return s == value }}
	for _, name := range names {
		c.columns = append(c.columns, position(name))
	}
	return c
}

func addressCondition(prefix netip.Prefix, names []string) condition {
	if prefix.IsSingleIP() {
		return textCondition(prefix.Addr().String(), names)
	}
	c := textCondition("", names)
	c.text = func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && prefix.Contains(a)
	}
	return c
}
