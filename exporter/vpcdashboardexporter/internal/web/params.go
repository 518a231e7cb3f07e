// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parameterError is an invalid query parameter.
type parameterError struct {
	Name   string
	Value  string
	Reason string
}

func (e *parameterError) Error() string { return fmt.Sprintf("%s: %q %s", e.Name, e.Value, e.Reason) }

// parameters parses the query of a URL. Its methods record the first error in err. They treat an empty value as absent,
// because a form sends one for each field that is not filled in.
type parameters struct {
	values url.Values
	err    *parameterError
}

// parseParameters checks that the query has only known parameters, each once.
func parseParameters(r *http.Request, known ...string) *parameters {
	values, err := url.ParseQuery(r.URL.RawQuery)
	p := &parameters{values: values}
	if err != nil {
		p.fail("query", r.URL.RawQuery, "is not a valid query: "+err.Error())
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(known, name):
			p.fail(name, values.Get(name), "belongs to an unknown parameter; known parameters: "+cmp.Or(strings.Join(known, ", "), "none"))
		case len(values[name]) > 1:
			p.fail(name, values[name][1], "is a second value; only one is allowed")
		}
	}
	return p
}

func (p *parameters) fail(name, value, reason string) {
	if p.err == nil {
		p.err = &parameterError{name, value, reason}
	}
}

// oneOf returns the value, which must be one of allowed, or defaultValue if it is absent.
func (p *parameters) oneOf(name, defaultValue string, allowed ...string) string {
	value := p.values.Get(name)
	if value == "" {
		return defaultValue
	}
	if !slices.Contains(allowed, value) {
		p.fail(name, value, "is not one of "+strings.Join(allowed, ", "))
		return defaultValue
	}
	return value
}

// number returns the value, which must be an integer from least to most, or defaultValue if it is absent.
func (p *parameters) number(name string, defaultValue, least, most int) int {
	value := p.values.Get(name)
	if value == "" {
		return defaultValue
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		p.fail(name, value, fmt.Sprintf("is not a whole number from %d to %d", least, most))
		return defaultValue
	}
	return n
}

// network returns the value, an address or a CIDR, as a prefix. An absent value gives the invalid prefix.
func (p *parameters) network(name string) netip.Prefix {
	value := strings.TrimSpace(p.values.Get(name))
	if value == "" {
		return netip.Prefix{}
	}
	if a, err := netip.ParseAddr(value); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen())
	}
	prefix, err := netip.ParsePrefix(value)
	if err != nil {
		p.fail(name, value, "is neither an address, such as 10.0.1.5, nor a network, such as 10.0.0.0/16")
		return netip.Prefix{}
	}
	return prefix.Masked()
}

var ruleID = regexp.MustCompile("^[a-z0-9_]{1,64}$")

// rule returns the value, a rule id. The rule may be unknown to this build.
func (p *parameters) rule(name string) string {
	value := p.values.Get(name)
	if value != "" && !ruleID.MatchString(value) {
		p.fail(name, value, "is not a rule id, such as external_port_scan")
		return ""
	}
	return value
}

// timeRange is a time range that the user may choose.
type timeRange struct {
	Name, Label string
	length      time.Duration // zero for all
}

// timeRanges lists the time ranges in the order of the page.
var timeRanges = []timeRange{
	{"15m", "15 minutes", 15 * time.Minute},
	{"1h", "1 hour", time.Hour},
	{"6h", "6 hours", 6 * time.Hour},
	{"24h", "24 hours", 24 * time.Hour},
	{"all", "All", 0},
}

// timeRange returns the parameter range.
func (p *parameters) timeRange(defaultName string) timeRange {
	var allowed []string
	for _, r := range timeRanges {
		allowed = append(allowed, r.Name)
	}
	name := p.oneOf("range", defaultName, allowed...)
	return timeRanges[slices.Index(allowed, name)]
}
