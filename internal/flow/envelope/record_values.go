// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// appendValue appends a value as in a line of a flow log. field is nil for a key that is not an AWS field.
func appendValue(line []byte, field *flow.Field, text []byte) []byte {
	if len(text) == 0 {
		return append(line, flow.Absent...)
	}
	if field == nil {
		return appendWord(line, text, "_")
	}
	switch field.Kind {
	case flow.KindTag:
		return appendWord(line, text, "%20")
	case flow.KindNumber, flow.KindDigits, flow.KindProtocol, flow.KindStart, flow.KindEnd:
		if !isDigits(text) {
			return appendWord(line, numberOf(field, string(text)), "_")
		}
	}
	return appendWord(line, text, "_")
}

// appendWord appends text. blank replaces its blanks, since these separate the values of a line.
func appendWord(line, text []byte, blank string) []byte {
	for _, c := range text {
		if c <= ' ' {
			line = append(line, blank...)
		} else {
			line = append(line, c)
		}
	}
	return line
}

func isDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// timeLayouts are the spellings of times that exports use besides Unix times.
var timeLayouts = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04:05 MST"}

// numberOf returns the digits of a value that is spelled in another way: 443.0, tcp, or a date. Other text is returned
// unchanged, so that the decoder rejects it.
func numberOf(field *flow.Field, text string) []byte {
	const exact = 1 << 53
	trimmed := strings.TrimSpace(text)
	if x, err := strconv.ParseFloat(trimmed, 64); err == nil {
		if x >= 0 && x <= exact && x == float64(int64(x)) {
			return strconv.AppendInt(nil, int64(x), 10)
		}
		return []byte(text)
	}
	switch field.Kind {
	case flow.KindProtocol:
		if n, ok := flow.ProtocolNumber(trimmed); ok {
			return strconv.AppendInt(nil, int64(n), 10)
		}
	case flow.KindStart, flow.KindEnd:
		for _, layout := range timeLayouts {
			if t, err := time.Parse(layout, trimmed); err == nil && t.Unix() >= 0 {
				return strconv.AppendInt(nil, t.Unix(), 10)
			}
		}
	}
	return []byte(text)
}
