// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Reason says in one word why a line or a log record is not taken. It is the value of a metric's label.
type Reason string

// The reasons.
const (
	// TooFewFields and TooManyFields: the line has not as many fields as its format.
	TooFewFields  Reason = "too_few_fields"
	TooManyFields Reason = "too_many_fields"
	// NotANumber: something else than digits stands where a number must.
	NotANumber Reason = "not_a_number"
	// BadAddress: something else than an IP address stands where one must.
	BadAddress Reason = "bad_address"
	// BadValue: a number out of its range, or a word that the field does not know.
	BadValue Reason = "bad_value"
	// TooLong: the line is longer than MaxLine.
	TooLong Reason = "too_long"
	// NotText: the line is not UTF-8.
	NotText Reason = "not_text"
	// NoFormat: the line came before any header, and no format was configured.
	NoFormat Reason = "no_format"
	// NotAFlow: the log record has neither the attributes of a flow nor a line in its body.
	NotAFlow Reason = "not_a_flow"
	// BadEnvelope: what should hold lines is not JSON, or holds none, or is longer than MaxDocument.
	BadEnvelope Reason = "bad_envelope"
)

// LineError says why one line, or one log record, is not a flow. It costs that line and nothing else.
type LineError struct {
	// Reason is the kind of fault.
	Reason Reason
	// Field is the AWS name of the field, or the name of the attribute, that is at fault; empty where none is.
	Field string
	// Value is what stood there, cut off where it is long; of a line with too few or too many fields, how many it has.
	Value string
}

// Error gives reason, field and value in one phrase.
func (e *LineError) Error() string {
	switch {
	case e.Field == "" && e.Value == "":
		return string(e.Reason)
	case e.Field == "":
		return fmt.Sprintf("%s: %q", e.Reason, e.Value)
	}
	return fmt.Sprintf("%s: %s is %q", e.Reason, e.Field, e.Value)
}

// maxSample bounds the values kept in errors, in bytes.
const maxSample = 64

// fault makes a LineError that holds on to nothing: its value is a short copy, free of bytes that are not text.
func fault(reason Reason, field, value string) *LineError {
	value = value[:min(len(value), maxSample)]
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "?")
	}
	return &LineError{Reason: reason, Field: field, Value: strings.Clone(value)}
}
