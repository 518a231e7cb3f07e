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
)

// parameterError is a value in the URL that cannot be meant.
type parameterError struct {
	Name  string
	Value string
	Why   string
}

func (e *parameterError) Error() string { return fmt.Sprintf("%s: %q %s", e.Name, e.Value, e.Why) }

// parameters reads the query of a URL. The first value that is wrong is what err tells of; empty ones count as not given,
// because that is what a form sends for a field that was left alone.
type parameters struct {
	values url.Values
	err    *parameterError
}

// read checks that only known parameters are given, each once.
func read(r *http.Request, known ...string) *parameters {
	values, err := url.ParseQuery(r.URL.RawQuery)
	p := &parameters{values: values}
	if err != nil {
		p.fail("query", r.URL.RawQuery, "is no query: "+err.Error())
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(known, name):
			p.fail(name, values.Get(name), "belongs to no parameter; there are "+cmp.Or(strings.Join(known, ", "), "none here"))
		case len(values[name]) > 1:
			p.fail(name, values[name][1], "is given beside another value")
		}
	}
	return p
}

func (p *parameters) fail(name, value, why string) {
	if p.err == nil {
		p.err = &parameterError{name, value, why}
	}
}

// oneOf returns the value if it is among those allowed, otherwise if none is given.
func (p *parameters) oneOf(name, otherwise string, allowed ...string) string {
	value := p.values.Get(name)
	if value == "" {
		return otherwise
	}
	if !slices.Contains(allowed, value) {
		p.fail(name, value, "is not one of "+strings.Join(allowed, ", "))
		return otherwise
	}
	return value
}

// number returns the value if it is a whole number within the bounds, otherwise if none is given.
func (p *parameters) number(name string, otherwise, least, most int) int {
	value := p.values.Get(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		p.fail(name, value, fmt.Sprintf("is not a whole number from %d to %d", least, most))
		return otherwise
	}
	return n
}

// network returns the value as a prefix; an address is the prefix that holds just it. None given is the invalid prefix.
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

// rule returns the id of a rule. It need not be one that this build knows.
func (p *parameters) rule(name string) string {
	value := p.values.Get(name)
	if value != "" && !ruleID.MatchString(value) {
		p.fail(name, value, "is no id of a rule, such as external_port_scan")
		return ""
	}
	return value
}
