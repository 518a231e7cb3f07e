// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
)

// parquetValue is one value of a batch: where it stands in the text of the batch, or its number. It has no pointer, as
// cell has none.
type parquetValue struct {
	state      state
	start, end int32
	number     int64
}

// state says what there is of a value.
type state uint8

const (
	// noValue: null, empty, or `-`.
	noValue state = iota
	// numberValue: a number for a field that is one. Its text would be of no use.
	numberValue
	textValue
	// tooLong and notText: the value is not in the text, for these reasons.
	tooLong
	notText
)

// take makes a value of what Parquet has, and appends its text. Values that come again and again, as those of an account
// or an interface do, stand there once.
func (c *parquetColumn) take(value parquet.Value, text []byte, last parquetValue) (parquetValue, []byte) {
	if value.IsNull() {
		return parquetValue{}, text
	}
	var room [64]byte
	raw := room[:0]
	switch value.Kind() {
	case parquet.Int32:
		if c.unsigned {
			return c.takeNumber(int64(value.Uint32()), text)
		}
		return c.takeNumber(int64(value.Int32()), text)
	case parquet.Int64:
		if n := value.Int64(); n >= 0 || !c.unsigned {
			return c.takeNumber(n, text)
		}
		raw = strconv.AppendUint(raw, value.Uint64(), 10)
	case parquet.Float:
		return c.takeFloat(float64(value.Float()), text)
	case parquet.Double:
		return c.takeFloat(value.Double(), text)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		raw = value.ByteArray()
	default:
		raw = append(raw, value.String()...)
	}
	return takeText(raw, text, last)
}

// takeFloat takes whole numbers: pandas makes floats of a column of numbers in which some are null.
func (c *parquetColumn) takeFloat(x float64, text []byte) (parquetValue, []byte) {
	const exact = 1 << 53
	switch {
	case math.IsNaN(x):
		return parquetValue{}, text
	case x == math.Trunc(x) && math.Abs(x) <= exact:
		return c.takeNumber(int64(x), text)
	}
	return takeText(strconv.AppendFloat(nil, x, 'g', -1, 64), text, parquetValue{})
}

func (c *parquetColumn) takeNumber(n int64, text []byte) (parquetValue, []byte) {
	switch c.field.kind {
	case startTime, endTime:
		n /= c.divisor
		fallthrough
	case number, protocol:
		if 0 <= n && n <= c.field.greatest {
			return parquetValue{state: numberValue, number: n}, text
		}
	}
	var room [20]byte
	return takeText(strconv.AppendInt(room[:0], n, 10), text, parquetValue{})
}

func takeText(raw, text []byte, last parquetValue) (parquetValue, []byte) {
	start := len(text)
	switch {
	case len(raw) == 0 || string(raw) == absent:
		return parquetValue{}, text
	case last.state == textValue && string(raw) == string(text[last.start:last.end]):
		return last, text
	case len(raw) > MaxLine || start+len(raw) > maxBatchText:
		return parquetValue{state: tooLong}, text
	case !utf8.Valid(raw):
		return parquetValue{state: notText}, text
	}
	text = append(text, raw...)
	return parquetValue{state: textValue, start: int32(start), end: int32(len(text))}, text
}

// put gives the value to the draft of its row.
func (v *parquetValue) put(d *draft, i int) *LineError {
	column := &d.format.columns[i]
	value, n, reason := "", v.number, Reason("")
	switch v.state {
	case tooLong:
		reason = TooLong
	case notText:
		reason = NotText
	case textValue:
		value = d.line[v.start:v.end]
		n, reason = column.parse(value)
	}
	if reason == "" {
		reason = d.put(i, value, int(v.start), n)
	}
	if reason != "" {
		return fault(reason, column.name, value)
	}
	return nil
}
