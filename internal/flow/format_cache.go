// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "strings"

// maxFormats bounds how many formats are remembered. Who has more of them compiles some again.
const maxFormats = 64

// formats remembers compiled formats by the text that gave them: a header that comes again costs a look-up, and its
// unknown fields are not news.
type formats map[string]*Format

// header is Header, of a trimmed line, with a memory. isNew says that the line was not remembered.
func (m *formats) header(line string) (format *Format, isNew, ok bool) {
	if !isHeader(line) {
		return nil, false, false
	}
	if format, ok := (*m)[line]; ok {
		return format, false, true
	}
	format, err := m.compile(line)
	return format, true, err == nil
}

// compile is ParseFormat with a memory.
func (m *formats) compile(names string) (*Format, error) {
	if format, ok := (*m)[names]; ok {
		return format, nil
	}
	format, err := ParseFormat(names)
	if err == nil {
		m.remember(names, format)
	}
	return format, err
}

func (m *formats) remember(names string, format *Format) {
	if *m == nil || len(*m) >= maxFormats {
		*m = make(formats)
	}
	(*m)[strings.Clone(names)] = format
}
