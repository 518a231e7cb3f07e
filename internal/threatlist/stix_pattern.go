// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import "strings"

// addressesOf returns the addresses and CIDRs that a STIX pattern names by itself: comparisons of ipv4-addr:value
// and ipv6-addr:value, joined by OR. A pattern that asks for more than that, such as a port with the address, would
// be wrong about the address alone; the reason says so. A pattern that names no address is none of this list's.
func addressesOf(pattern string) (values []string, reason string) {
	tokens := tokensOf(pattern)
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

// tokensOf cuts a pattern into texts in quotes, words, and signs.
func tokensOf(pattern string) (tokens []string) {
	for i := 0; i < len(pattern); {
		end := i + 1
		switch c := pattern[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case c == '\'':
			for end < len(pattern) && pattern[end] != '\'' {
				if pattern[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(pattern))
		case isWord(c):
			for end < len(pattern) && isWord(pattern[end]) {
				end++
			}
		}
		tokens = append(tokens, pattern[i:end])
		i = end
	}
	return tokens
}

// isWord tells what words and object paths consist of.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_:.*-", c) >= 0
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
