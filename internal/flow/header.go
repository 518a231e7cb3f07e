// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Header compiles the format that a line of field names gives. It takes names that AWS has not had so far, too, as long
// as the known ones are two at least, or half of them, and as nothing on the line looks like a value.
func Header(line string) (*Format, bool) {
	line = trim(line)
	if !startsLikeName(line) {
		return nil, false
	}
	total, recognised := 0, 0
	for rest := line; rest != ""; {
		var token string
		token, rest = cut(rest)
		if token == "" {
			break
		}
		if !plausible(token) {
			return nil, false
		}
		total++
		if _, ok := known[canonical(token)]; ok {
			recognised++
		}
	}
	if recognised < 2 && recognised*2 < total || recognised == 0 {
		return nil, false
	}
	format, err := ParseFormat(line)
	return format, err == nil
}

// startsLikeName turns away most records at their first byte, which is most often a digit.
func startsLikeName(line string) bool {
	return line != "" && 'a' <= line[0] && line[0] <= 'z'
}

// plausible tells a field name from a value: AWS writes names as words of lower-case letters joined by `-`, at the end
// of which a short number may stand (instance-tag-2), where ids have longer ones (eni-1235b8ca123456789) and zones have
// them inside words (use1-az3).
func plausible(token string) bool {
	if !startsLikeName(token) {
		return false
	}
	word := 0 // where the current word begins
	for i := range len(token) {
		switch c := token[i]; {
		case 'a' <= c && c <= 'z':
			if i > word && isDigit(token[i-1]) {
				return false
			}
		case isDigit(c):
			// A number is a word of its own, and the last one.
			if i > word && !isDigit(token[i-1]) || i-word > 1 {
				return false
			}
		case c == '-' || c == '_':
			if i == word || isDigit(token[i-1]) {
				return false
			}
			word = i + 1
		default:
			return false
		}
	}
	return word < len(token)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
