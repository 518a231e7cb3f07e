// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// LineError says why one line or one log record is not a flow. Other lines are not affected.
type LineError struct {
	// Reason is the kind of error.
	Reason Reason
	// Field is the AWS name of the bad field, or the name of the bad attribute. It is empty if no single field is bad.
	Field string
	// Value is the start of the bad value. For a wrong number of fields, it gives the actual and the expected number.
	Value string
}

// maxSample bounds the values in errors, in bytes.
const maxSample = 64

// NewLineError makes a LineError with a short copy of the value, in which bytes that are not UTF-8 are replaced.
func NewLineError(reason Reason, field, value string) *LineError {
	value = value[:min(len(value), maxSample)]
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "?")
	}
	return &LineError{Reason: reason, Field: field, Value: strings.Clone(value)}
}

// Error gives reason, field and value in one line.
func (e *LineError) Error() string {
	switch {
	case e.Field == "" && e.Value == "":
		return string(e.Reason)
	case e.Field == "":
		return fmt.Sprintf("%s: %q", e.Reason, e.Value)
	}
	return fmt.Sprintf("%s: %s is %q", e.Reason, e.Field, e.Value)
}
