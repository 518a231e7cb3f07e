// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// maxBatchText bounds the text of a batch, in bytes. Records from AWS have a few hundred bytes each.
const maxBatchText = 32 << 20

// converter converts the values of one column.
type converter struct {
	field *flow.Field
	// divisor converts times in microseconds or nanoseconds to milliseconds.
	divisor int64
	// unsigned says that negative numbers stand for large ones.
	unsigned bool
	// words maps the values of OCSF to those of flow logs; nil for other files.
	words map[string]string
}

// newConverter makes a converter to the values of a field.
func newConverter(field *flow.Field, columnType parquet.Type) converter {
	c := converter{field: field, divisor: 1}
	logical := columnType.LogicalType()
	if logical == nil {
		return c
	}
	switch t := logical.Value.(type) {
	case *format.IntType:
		c.unsigned = !t.IsSigned
	case *format.TimestampType:
		switch t.Unit.Value.(type) {
		case *format.MicroSeconds:
			c.divisor = 1e3
		case *format.NanoSeconds:
			c.divisor = 1e6
		}
	}
	return c
}

// convert converts a Parquet value, and appends its text to text. Consecutive equal values, such as accounts and
// interfaces, share their text.
func (c *converter) convert(v parquet.Value, text []byte, last value) (value, []byte) {
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
	return c.convertWord(raw, text, last)
}

// convertWord converts text, after mapping it if the column has words.
func (c *converter) convertWord(raw, text []byte, last value) (value, []byte) {
	if c.words != nil {
		raw = []byte(c.words[string(raw)])
	}
	return convertText(raw, text, last)
}

// convertFloat accepts integral floats: pandas stores a column of numbers with nulls as floats.
func (c *converter) convertFloat(x float64, text []byte) (value, []byte) {
	const exact = 1 << 53
	switch {
	case math.IsNaN(x):
		return value{}, text
	case x == math.Trunc(x) && math.Abs(x) <= exact:
		return c.convertNumber(int64(x), text)
	}
	return convertText(strconv.AppendFloat(nil, x, 'g', -1, 64), text, value{})
}

func (c *converter) convertNumber(n int64, text []byte) (value, []byte) {
	if c.words != nil {
		return c.convertWord(strconv.AppendInt(nil, n, 10), text, value{})
	}
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
