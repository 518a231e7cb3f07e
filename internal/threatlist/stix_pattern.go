// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import "strings"

// patternAddresses returns the addresses and CIDRs of a STIX pattern that compares only ipv4-addr:value and
// ipv6-addr:value, joined by OR. A pattern with further conditions, such as a port, is rejected with a reason, because
// it does not cover all traffic of the address. For a pattern without addresses, both results are empty.
func patternAddresses(pattern string) (values []string, reason string) {
	tokens := tokenize(pattern)
	var conditions bool
	for i := 0; i < len(tokens); i++ {
		switch tokens[i] {
		case "ipv4-addr:value", "ipv6-addr:value":
			compared, n := comparedValues(tokens[i+1:])
			values = append(values, compared...)
			conditions = conditions || n == 0
			i += n
		case "AND", "NOT", "FOLLOWEDBY", "WITHIN", "REPEATS", "START", "STOP":
			conditions = true
		}
	}
	hasAddress := strings.Contains(pattern, "ipv4-addr:value") || strings.Contains(pattern, "ipv6-addr:value")
	if hasAddress && conditions {
		return nil, "has conditions other than an address"
	}
	return values, ""
}

// tokenize splits a pattern into quoted texts, words, and signs.
func tokenize(pattern string) (tokens []string) {
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

// isWord reports whether c can be part of a keyword or an object path.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_:.*-", c) >= 0
}

// comparedValues returns the right-hand side of a comparison with =, IN or ISSUBSET, and the number of its tokens. The
// number is 0 for all other comparisons.
func comparedValues(tokens []string) (values []string, n int) {
	if len(tokens) < 2 {
		return nil, 0
	}
	switch tokens[0] {
	case "=", "ISSUBSET":
		if value, ok := unquote(tokens[1]); ok {
			return []string{value}, 2
		}
	case "IN":
		for i, token := range tokens[1:] {
			if value, ok := unquote(token); ok {
				values = append(values, value)
			}
			if token == ")" {
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
