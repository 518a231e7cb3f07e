// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "strings"

// maxName is the length of the longest allowed field name, in bytes. The longest known name has 26.
const maxName = 64

// IsFieldName reports whether a word could be the name of a field, known or not. Names consist of lower-case letters,
// hyphens or underscores, and few digits (instance-tag-2). Values such as ids have long numbers.
func IsFieldName(word string) bool {
	digits := 0
	for i := range len(word) {
		switch c := word[i]; {
		case 'a' <= c && c <= 'z', (c == '-' || c == '_') && i > 0:
			digits = 0
		case '0' <= c && c <= '9' && i > 0 && digits < 2:
			digits++
		default:
			return false
		}
	}
	return word != "" && len(word) <= maxName
}

// canonicalName spells a field name as AWS does, with hyphens. Parquet columns and some tools use underscores.
func canonicalName(name string) string {
	return strings.ReplaceAll(name, "_", "-")
}
