// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Header compiles the format that a line of field names gives. It takes names that AWS has not had so far, too, as long
// as the known ones are two at least, or half of them, and as nothing on the line looks like a value.
func Header(line string) (*Format, bool) {
	line = trim(line)
	if !isHeader(line) {
		return nil, false
	}
	format, err := ParseFormat(line)
	return format, err == nil
}

// isHeader tells a header from a record, most often by its first byte, which only then costs more than that.
func isHeader(line string) bool {
	names, recognised := 0, 0
	for rest := line; rest != ""; {
		var name string
		if name, rest = cut(rest); !plausible(name) {
			return false
		}
		names++
	}
	for rest := line; rest != ""; {
		var name string
		name, rest = cut(rest)
		if _, ok := known[canonical(name)]; ok {
			recognised++
		}
	}
	return recognised >= 2 || recognised == 1 && names <= 2
}

// maxName is the longest name of a field, in bytes. The longest so far has 26.
const maxName = 64

// plausible tells a field name from a value: names are of lower-case letters, `-` or `_`, and few digits
// (instance-tag-2), where ids have long numbers in them (eni-1235b8ca123456789).
func plausible(token string) bool {
	digits := 0
	for i := range len(token) {
		switch c := token[i]; {
		case 'a' <= c && c <= 'z', (c == '-' || c == '_') && i > 0:
			digits = 0
		case '0' <= c && c <= '9' && i > 0 && digits < 2:
			digits++
		default:
			return false
		}
	}
	return token != "" && len(token) <= maxName
}
