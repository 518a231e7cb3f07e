// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/json"
)

// members calls yield for each member of a valid JSON object, until it returns false. It does nothing for other values.
func members(object []byte, yield func(key, value []byte) bool) {
	rest := skipJSONBlanks(object)
	if len(rest) == 0 || rest[0] != '{' {
		return
	}
	for rest = skipJSONBlanks(rest[1:]); len(rest) > 0 && rest[0] == '"'; {
		length := valueLength(rest)
		key := rest[:length]
		rest = skipJSONBlanks(rest[length:])
		rest = skipJSONBlanks(rest[1:]) // the colon
		length = valueLength(rest)
		if !yield(unquote(key), rest[:length]) {
			return
		}
		rest = skipJSONBlanks(rest[length:])
		if rest[0] == ',' {
			rest = skipJSONBlanks(rest[1:])
		}
	}
}

// elements calls yield for each element of a valid JSON array. It does nothing for other values.
func elements(array []byte, yield func(value []byte)) {
	rest := skipJSONBlanks(array)
	if len(rest) == 0 || rest[0] != '[' {
		return
	}
	for rest = skipJSONBlanks(rest[1:]); len(rest) > 0 && rest[0] != ']'; {
		length := valueLength(rest)
		yield(rest[:length])
		rest = skipJSONBlanks(rest[length:])
		if rest[0] == ',' {
			rest = skipJSONBlanks(rest[1:])
		}
	}
}

// scalar returns the text of a string, number or boolean. It returns false for null, objects and arrays.
func scalar(value []byte) (text []byte, ok bool) {
	switch value[0] {
	case '{', '[', 'n':
		return nil, false
	case '"':
		return unquote(value), true
	}
	return value, true
}

// unquote returns the text of a JSON string.
func unquote(quoted []byte) []byte {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return inner
	}
	return []byte(text)
}

// valueLength returns the length of the JSON value that text starts with.
func valueLength(text []byte) int {
	switch text[0] {
	case '"':
		return stringLength(text)
	case '{', '[':
		depth := 0
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case '"':
				i += stringLength(text[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(text)
	}
	if end := bytes.IndexAny(text, ",]} \t\r\n"); end >= 0 {
		return end
	}
	return len(text)
}

// stringLength returns the length of the JSON string that text starts with, with its quotes.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

func skipJSONBlanks(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\r' || text[0] == '\n') {
		text = text[1:]
	}
	return text
}
