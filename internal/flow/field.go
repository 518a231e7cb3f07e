// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Field describes one field of a flow log: its name, how its value is parsed, and where the value is stored.
type Field struct {
	// Name is the AWS name, spelled with hyphens.
	Name string
	// Attribute is the log record attribute that holds the value. It is empty for values that are stored elsewhere:
	// addresses, the end time, and attributes of the resource.
	Attribute string
	// Kind says how the value is parsed.
	Kind Kind
	// Max is the largest allowed number.
	Max int64
	// Words are the allowed values of a KindWord field; their index is the parsed number.
	Words []Word
	// Set stores the value in a Flow; n is the parsed number. It is nil if detection does not use the field.
	Set func(dst *Flow, text string, n int64)

	slot addressSlot
}

// Word is one value of an enumeration.
type Word struct {
	// Text is the word in the flow log. It is empty for a constant that has no word.
	Text string
	// Attribute is the value of the attribute.
	Attribute string
}

// Parse parses a value that has already been cut from its line. n is the number, or the index of the word. It is zero
// for other kinds.
func (f *Field) Parse(value string) (n int64, reason Reason) {
	switch f.Kind {
	case KindNumber, KindDigits, KindProtocol, KindStart, KindEnd:
		return ParseNumber(value, f.Max)
	case KindWord:
		return f.parseWord(value)
	}
	return 0, ""
}

// take cuts the next value from a line and parses it. Numbers are cut and parsed in one pass. The reason does not
// matter if the value is absent.
func (f *Field) take(line string) (value, rest string, n int64, reason Reason) {
	switch f.Kind {
	case KindNumber, KindDigits, KindProtocol, KindStart, KindEnd:
		var end int
		if n, end = leadingDigits(line); end > 0 && end <= maxDigits && (end == len(line) || isBlank(line[end])) {
			value, rest = line[:end], skipBlanks(line[end:])
			if n > f.Max {
				reason = BadValue
			}
			return value, rest, n, reason
		}
		value, rest = cut(line)
		n, reason = ParseNumber(value, f.Max)
	case KindWord:
		value, rest = cut(line)
		n, reason = f.parseWord(value)
	default:
		value, rest = cut(line)
	}
	return value, rest, n, reason
}

func (f *Field) parseWord(text string) (int64, Reason) {
	for i := range f.Words {
		if f.Words[i].Text == text {
			return int64(i), ""
		}
	}
	return 0, BadValue
}
