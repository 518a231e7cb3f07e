// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Reason says in one word why a line or a log record is not a flow. It is used as the value of a metric label.
type Reason string

// The reasons.
const (
	// TooFewFields and TooManyFields mean that the line has fewer or more values than its format has fields.
	TooFewFields  Reason = "too_few_fields"
	TooManyFields Reason = "too_many_fields"
	// NotANumber means that the value of a numeric field does not consist of digits.
	NotANumber Reason = "not_a_number"
	// BadAddress means that the value of an address field is not an IP address.
	BadAddress Reason = "bad_address"
	// BadValue means that a number is out of range, or that a word is not one of the field's words.
	BadValue Reason = "bad_value"
	// TooLong means that the line is longer than MaxLine.
	TooLong Reason = "too_long"
	// NotText means that the line is not UTF-8.
	NotText Reason = "not_text"
	// BadHeader means that the line is a header, but names a field twice or has too many fields.
	BadHeader Reason = "bad_header"
	// NoFormat means that the line came before any header, and no format is configured.
	NoFormat Reason = "no_format"
	// HeaderLine means that the body of the log record is a header line. This is not an error.
	HeaderLine Reason = "header"
	// NotAFlow means that the log record has neither the attributes of a flow nor a line in its body.
	NotAFlow Reason = "not_a_flow"
	// BadEnvelope means that a document is not JSON, contains no lines, or is too long.
	BadEnvelope Reason = "bad_envelope"
)
