// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"encoding"
	"reflect"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

var (
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
	unmarshalerType = reflect.TypeFor[confmap.Unmarshaler]()
	durationType    = reflect.TypeFor[time.Duration]()
)

// checker checks values against the types into which they are decoded.
type checker struct {
	problems problems
	only     []string // the keys that the outermost struct may have; empty means all of its keys
}

// refuse adds a problem. It always returns false.
func (c *checker) refuse(key, format string, args ...any) bool {
	c.problems.add(key, format, args...)
	return false
}
