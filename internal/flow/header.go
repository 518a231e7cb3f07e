// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// ParseHeader compiles a line of field names. Unknown names are allowed if at least two names, or half of them, are
// known. It returns false for a line with anything that looks like a value.
func ParseHeader(line string) (*Format, bool) {
	line = Trim(line)
	if !IsHeader(line) {
		return nil, false
	}
	format, err := ParseFormat(line)
	return format, err == nil
}

// IsHeader reports whether a trimmed line looks like a header. For most records, it only looks at the first byte.
func IsHeader(line string) bool {
	names, known := 0, 0
	for rest := line; rest != ""; {
		var name string
		if name, rest = cut(rest); !IsFieldName(name) {
			return false
		}
		names++
	}
	for rest := line; rest != ""; {
		var name string
		name, rest = cut(rest)
		if _, ok := LookupField(name); ok {
			known++
		}
	}
	return known >= 2 || known == 1 && names <= 2
}

// MayBeHeader reports whether a line may be a header, given text that starts with it. It only looks at the first bytes. It
// returns false for most records, because they start with a number.
func MayBeHeader(text []byte) bool {
	const firstDash = 4 // of exportTimestamp
	isDigit := len(text) > 0 && '0' <= text[0] && text[0] <= '9'
	return !isDigit || len(text) > firstDash && text[firstDash] == exportTimestamp[firstDash]
}
