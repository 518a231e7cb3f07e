// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"strings"
)

// maxFormats bounds the number of cached formats.
const maxFormats = 64

// FormatCache caches formats by their text, so that repeated headers cost only a lookup. It is cleared when it is full.
// The zero value is ready to use. It is not safe for concurrent use.
type FormatCache struct {
	formats map[string]*Format
}

// ParseHeader compiles a trimmed line if it is a header. The error says why its names are not a format. A line with words
// that cannot be names, such as words with control characters, is no header.
func (c *FormatCache) ParseHeader(line string) (format *Format, isHeader bool, bad *LineError) {
	if !IsHeader(line) {
		return nil, false, nil
	}
	format, err := c.ParseFormat(line)
	problem := (*formatError)(nil)
	switch {
	case err == nil:
		return format, true, nil
	case errors.As(err, &problem):
		return nil, true, NewLineError(BadHeader, problem.field, problem.problem)
	default:
		return nil, false, nil
	}
}

// ParseFormat is like the function ParseFormat.
func (c *FormatCache) ParseFormat(names string) (*Format, error) {
	if format, ok := c.formats[names]; ok {
		return format, nil
	}
	format, err := ParseFormat(names)
	if err == nil {
		c.add(names, format)
	}
	return format, err
}

func (c *FormatCache) add(names string, format *Format) {
	if c.formats == nil || len(c.formats) >= maxFormats {
		c.formats = make(map[string]*Format)
	}
	c.formats[strings.Clone(names)] = format
}
