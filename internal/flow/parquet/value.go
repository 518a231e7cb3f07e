// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import "github.com/vpcflow/otelcol-vpcflow/internal/flow"

// value is one value of a batch: its position in the text of the batch, or its number. Like flow.Value, it contains no
// pointers.
type value struct {
	state      state
	start, end int32
	number     int64
}

// state says what a value contains.
type state uint8

const (
	// noValue: null, empty, or flow.Absent.
	noValue state = iota
	// numberValue: a number of a numeric field, which needs no text.
	numberValue
	textValue
	// tooLong and notText: the value was rejected, and is not in the text.
	tooLong
	notText
)

// store adds the value to the record of its row. text is the text of the batch.
func (v *value) store(dst *flow.Record, column int, text string) *flow.LineError {
	field := dst.Format().Field(column)
	content, n, reason := "", v.number, flow.Reason("")
	switch v.state {
	case tooLong:
		reason = flow.TooLong
	case notText:
		reason = flow.NotText
	case textValue:
		content = text[v.start:v.end]
		n, reason = field.Parse(content)
	}
	if reason == "" {
		reason = dst.Set(column, content, int(v.start), n)
	}
	if reason != "" {
		return flow.NewLineError(reason, field.Name, content)
	}
	return nil
}
