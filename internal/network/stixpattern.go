// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"regexp"
	"strings"
)

// token is a piece of a STIX pattern: a text in quotes, a word, or a sign.
var token = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|[\w:.*-]+|!=|[<>]=?|\S`)

// addressesOf returns the addresses and CIDRs that a STIX pattern names by itself: comparisons of ipv4-addr:value
// and ipv6-addr:value, joined by OR. A pattern that asks for more than that, such as a port with the address, would
// be wrong about the address alone; the reason says so. A pattern that names no address is none of this list's.
func addressesOf(pattern string) (values []string, reason string) {
	tokens := token.FindAllString(pattern, -1)
	var more bool
	for i := 0; i < len(tokens); i++ {
		switch tokens[i] {
		case "ipv4-addr:value", "ipv6-addr:value":
			found, used := compared(tokens[i+1:])
			values = append(values, found...)
			more = more || used == 0
			i += used
		case "AND", "NOT", "FOLLOWEDBY", "WITHIN", "REPEATS", "START", "STOP":
			more = true
		}
	}
	switch named := strings.Contains(pattern, "ipv4-addr:value") || strings.Contains(pattern, "ipv6-addr:value"); {
	case named && more:
		return nil, "asks for more than an address"
	default:
		return values, ""
	}
}

// compared returns the texts that an address is compared with, and how many tokens say so: none when the comparison is
// another one than =, IN or ISSUBSET.
func compared(tokens []string) (values []string, used int) {
	if len(tokens) < 2 {
		return nil, 0
	}
	switch tokens[0] {
	case "=", "ISSUBSET":
		if value, ok := unquote(tokens[1]); ok {
			return []string{value}, 2
		}
	case "IN":
		for i, each := range tokens[1:] {
			if value, ok := unquote(each); ok {
				values = append(values, value)
			}
			if each == ")" {
				return values, i + 2
			}
		}
	}
	return nil, 0
}

func unquote(token string) (string, bool) {
	if len(token) < 2 || token[0] != '\'' || token[len(token)-1] != '\'' {
		return "", false
	}
	return token[1 : len(token)-1], true
}
