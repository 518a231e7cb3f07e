// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

const (
	flowsPerPage     = 50
	defaultFlowSpan  = "1h"
	defaultFlowLimit = 100
	maxTop           = 1000
)

// flowFilterNames are the parameters that select flows.
var flowFilterNames = []string{
	"range", "from", "to", "address", "source", "destination", "port", "protocol", "action", "class", "account", "region", "vpc", "interface",
	"country", "min_bytes",
}

// flowParams are the parameters of a search for flows. Values has them as they were entered.
type flowParams struct {
	Values url.Values
	query  flowstore.Query
	order  flowstore.Sort
	after  *flowstore.Position
	limit  int
	by     string
	top    flowstore.Measure
	n      int
	format string
}

// parseFlowParams parses the filters and the given other parameters.
func parseFlowParams(r *http.Request, latest int64, others ...string) (flowParams, *parameterError) {
	p := parseParameters(r, append(append([]string(nil), flowFilterNames...), others...)...)
	f := flowParams{Values: url.Values{}, query: p.flowFilters(latest)}
	for name := range p.values {
		if value := p.values.Get(name); value != "" {
			f.Values.Set(name, value)
		}
	}
	f.order = flowstore.Sort(p.oneOf("sort", "time", "time", "bytes", "packets"))
	f.after = p.cursor("cursor")
	f.limit = p.number("limit", defaultFlowLimit, 1, flowstore.MaxPage)
	f.by = p.oneOf("by", "", flowstore.TopColumns...)
	f.top = flowstore.Measure(p.oneOf("measure", "bytes", "flows", "bytes", "packets"))
	f.n = p.number("n", defaultTop, 1, maxTop)
	f.format = p.oneOf("format", "json", "json", "csv")
	return f, p.err
}

// flowFilters parses the filters. A range counts back from the latest flow.
func (p *parameters) flowFilters(latest int64) flowstore.Query {
	span := p.timeRange(defaultFlowSpan)
	q := flowstore.Query{
		To: latest + 1, Address: p.network("address"), Source: p.network("source"), Destination: p.network("destination"),
		Action:  p.oneOf("action", "", "ACCEPT", "REJECT"),
		Class:   p.oneOf("class", "", "internal_to_internal", "internal_to_external", "external_to_internal", "external_to_external"),
		Account: p.shortText("account"), Region: p.shortText("region"), VPC: p.shortText("vpc"), Interface: p.shortText("interface"),
		Country: strings.ToUpper(p.shortText("country")), Protocol: p.protocol("protocol"), MinBytes: int64(p.number("min_bytes", 0, 0, 1<<62)),
	}
	if span.length > 0 {
		q.From = latest + 1 - int64(span.length/time.Second)
	}
	q.From, q.To = p.instant("from", q.From), p.instant("to", q.To)
	if p.values.Get("port") != "" {
		port := uint16(p.number("port", 0, 0, 65535))
		q.Port = &port
	}
	if q.From > q.To {
		p.fail("from", p.values.Get("from"), "is after the end of the time range")
	}
	return q
}

// shortText returns the value, which must not be longer than an id in a stored flow.
func (p *parameters) shortText(name string) string {
	value := strings.TrimSpace(p.values.Get(name))
	if len(value) > 256 {
		p.fail(name, value[:256], "is longer than 256 bytes")
		return ""
	}
	return value
}

// protocol returns the value, a number or a keyword.
func (p *parameters) protocol(name string) *uint8 {
	value := strings.TrimSpace(p.values.Get(name))
	if value == "" {
		return nil
	}
	number, ok := flow.ProtocolNumber(value)
	if n, err := strconv.ParseUint(value, 10, 8); err == nil {
		number, ok = uint8(n), true
	}
	if !ok {
		p.fail(name, value, "is neither a protocol, such as tcp, nor a number from 0 to 255")
	}
	return &number
}

// instant returns the value in Unix seconds. It is a time in UTC or RFC 3339, or Unix seconds.
func (p *parameters) instant(name string, defaultValue int64) int64 {
	value := strings.TrimSpace(p.values.Get(name))
	if value == "" {
		return defaultValue
	}
	if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 && n < 1<<40 {
		return n
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.Unix()
		}
	}
	p.fail(name, value, "is not a time such as 2026-03-10T12:00:00Z")
	return defaultValue
}

// cursor parses a position that formatCursor has written.
func (p *parameters) cursor(name string) *flowstore.Position {
	value := p.values.Get(name)
	if value == "" {
		return nil
	}
	parts := strings.Split(value, ".")
	var numbers [4]uint64
	valid := len(parts) == len(numbers)
	for i := 0; valid && i < len(numbers); i++ {
		var err error
		numbers[i], err = strconv.ParseUint(parts[i], 16, 64)
		valid = err == nil
	}
	if !valid || numbers[3] > flowstore.MaxPage {
		p.fail(name, value, "is not a cursor from an earlier response")
		return nil
	}
	return &flowstore.Position{Value: int64(numbers[0]), Start: int64(numbers[1]), Hash: numbers[2], Seen: int(numbers[3])}
}

// formatCursor writes a position for the next request.
func formatCursor(p *flowstore.Position) string {
	if p == nil {
		return ""
	}
	parts := make([]string, 4)
	for i, n := range []uint64{uint64(p.Value), uint64(p.Start), p.Hash, uint64(p.Seen)} {
		parts[i] = strconv.FormatUint(n, 16)
	}
	return strings.Join(parts, ".")
}

// Get returns a parameter as it was entered.
func (f flowParams) Get(name string) string { return f.Values.Get(name) }

// URL returns the path with the same parameters and the given changes, as pairs of a name and a value. It starts at the
// first page. An empty value removes a parameter.
func (f flowParams) URL(path string, changes ...string) string {
	values := url.Values{}
	for name := range f.Values {
		if name != "cursor" && name != "totals" {
			values.Set(name, f.Values.Get(name))
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			values.Del(changes[i])
		} else {
			values.Set(changes[i], changes[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// RangeName returns the selected time range.
func (f flowParams) RangeName() string {
	if name := f.Get("range"); name != "" {
		return name
	}
	return defaultFlowSpan
}

// DownloadURL returns a path of the API with the same filters.
func (f flowParams) DownloadURL(path, format string) string {
	if path == "/api/flows" {
		return f.URL(path, "by", "", "measure", "", "limit", strconv.Itoa(flowstore.MaxPage), "format", format)
	}
	return f.URL(path, "sort", "", "n", strconv.Itoa(maxTop), "format", format)
}
