// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

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

// convert converts a Parquet value, and appends its text to text. Consecutive equal values, such as accounts and
// interfaces, share their text.
func (c *column) convert(v parquet.Value, text []byte, last value) (value, []byte) {
	if v.IsNull() {
		return value{}, text
	}
	var buffer [64]byte
	raw := buffer[:0]
	switch v.Kind() {
	case parquet.Int32:
		if c.unsigned {
			return c.convertNumber(int64(v.Uint32()), text)
		}
		return c.convertNumber(int64(v.Int32()), text)
	case parquet.Int64:
		if n := v.Int64(); n >= 0 || !c.unsigned {
			return c.convertNumber(n, text)
		}
		raw = strconv.AppendUint(raw, v.Uint64(), 10)
	case parquet.Float:
		return c.convertFloat(float64(v.Float()), text)
	case parquet.Double:
		return c.convertFloat(v.Double(), text)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		raw = v.ByteArray()
	default:
		raw = append(raw, v.String()...)
	}
	return convertText(raw, text, last)
}

// convertFloat accepts integral floats: pandas stores a column of numbers with nulls as floats.
func (c *column) convertFloat(x float64, text []byte) (value, []byte) {
	const exact = 1 << 53
	switch {
	case math.IsNaN(x):
		return value{}, text
	case x == math.Trunc(x) && math.Abs(x) <= exact:
		return c.convertNumber(int64(x), text)
	}
	return convertText(strconv.AppendFloat(nil, x, 'g', -1, 64), text, value{})
}

func (c *column) convertNumber(n int64, text []byte) (value, []byte) {
	switch c.field.Kind {
	case flow.KindStart, flow.KindEnd:
		n /= c.divisor
		fallthrough
	case flow.KindNumber, flow.KindProtocol:
		if 0 <= n && n <= c.field.Max {
			return value{state: numberValue, number: n}, text
		}
	}
	var buffer [20]byte
	return convertText(strconv.AppendInt(buffer[:0], n, 10), text, value{})
}

func convertText(raw, text []byte, last value) (value, []byte) {
	start := len(text)
	switch {
	case len(raw) == 0 || string(raw) == flow.Absent:
		return value{}, text
	case last.state == textValue && string(raw) == string(text[last.start:last.end]):
		return last, text
	case len(raw) > flow.MaxLine || start+len(raw) > maxBatchText:
		return value{state: tooLong}, text
	case !utf8.Valid(raw):
		return value{state: notText}, text
	}
	text = append(text, raw...)
	return value{state: textValue, start: int32(start), end: int32(len(text))}, text
}
