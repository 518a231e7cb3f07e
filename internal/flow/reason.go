// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// Reason says in one word why a line or a log record is not a flow. It is used as the value of a metric label.
type Reason string

const (
	// TooFewFields and TooManyFields: the number of values differs from the number of fields in the format.
	TooFewFields  Reason = "too_few_fields"
	TooManyFields Reason = "too_many_fields"
	// NotANumber: a numeric field has a value that is not all digits.
	NotANumber Reason = "not_a_number"
	// BadAddress: an address field has a value that is not an IP address.
	BadAddress Reason = "bad_address"
	// BadValue: a number is out of range, or a word is not one of the field's words.
	BadValue Reason = "bad_value"
	// TooLong: the line is longer than MaxLine.
	TooLong Reason = "too_long"
	// NotText: the line is not UTF-8.
	NotText Reason = "not_text"
	// NoFormat: the line came before any header, and no format is configured.
	NoFormat Reason = "no_format"
	// HeaderLine: the body of the log record is a header line, which is not an error.
	HeaderLine Reason = "header"
	// NotAFlow: the log record has neither the attributes of a flow nor a line in its body.
	NotAFlow Reason = "not_a_flow"
	// BadEnvelope: a document is not JSON, contains no lines, or is too long.
	BadEnvelope Reason = "bad_envelope"
)
