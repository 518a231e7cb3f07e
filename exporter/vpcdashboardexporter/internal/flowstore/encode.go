// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/format"
)

// encoded are the values of a column in a row group.
type encoded struct {
	kind     format.Type
	encoding format.Encoding
	// dictionary is empty if the values have none.
	dictionary []byte
	entries    int
	data       []byte
	min, max   []byte
	// texts are the different values of a text column.
	texts []string
}

// encode encodes the values of a column.
func (c *column) encode(rows []Row) (encoded, error) {
	switch {
	case c.text != nil:
		return encodeTexts(rows, c.text)
	case c.small != nil:
		return encodeSmall(rows, c.small)
	default:
		return c.encodeLarge(rows)
	}
}

func encodeTexts(rows []Row, get func(*Row) *string) (e encoded, err error) {
	values, indexes := dictionaryOf(rows, get)
	e = encoded{kind: format.ByteArray, encoding: format.RLEDictionary, entries: len(values), texts: values}
	for _, v := range values {
		e.dictionary = binary.LittleEndian.AppendUint32(e.dictionary, uint32(len(v)))
		e.dictionary = append(e.dictionary, v...)
	}
	e.min, e.max = []byte(slices.Min(values)), []byte(slices.Max(values))
	e.data, err = encodeIndexes(indexes, len(values))
	return e, err
}

func encodeSmall(rows []Row, get func(*Row) *int32) (e encoded, err error) {
	values, indexes := dictionaryOf(rows, get)
	e = encoded{kind: format.Int32, encoding: format.RLEDictionary, entries: len(values)}
	for _, v := range values {
		e.dictionary = binary.LittleEndian.AppendUint32(e.dictionary, uint32(v))
	}
	e.min = binary.LittleEndian.AppendUint32(nil, uint32(slices.Min(values)))
	e.max = binary.LittleEndian.AppendUint32(nil, uint32(slices.Max(values)))
	e.data, err = encodeIndexes(indexes, len(values))
	return e, err
}

func (c *column) encodeLarge(rows []Row) (e encoded, err error) {
	values := make([]int64, len(rows))
	for i := range rows {
		values[i] = *c.large(&rows[i])
	}
	e = encoded{kind: format.Int64, encoding: format.Plain}
	e.min = binary.LittleEndian.AppendUint64(nil, uint64(slices.Min(values)))
	e.max = binary.LittleEndian.AppendUint64(nil, uint64(slices.Max(values)))
	if c.ascending {
		e.encoding = format.DeltaBinaryPacked
		e.data, err = new(delta.BinaryPackedEncoding).EncodeInt64(nil, values)
		return e, err
	}
	for _, v := range values {
		e.data = binary.LittleEndian.AppendUint64(e.data, uint64(v))
	}
	return e, nil
}

// dictionaryOf returns the different values, and the position of each row's value among them.
func dictionaryOf[T cmp.Ordered](rows []Row, get func(*Row) *T) (values []T, indexes []int32) {
	positions := map[T]int32{}
	indexes = make([]int32, len(rows))
	for i := range rows {
		v := *get(&rows[i])
		if i > 0 && v == values[indexes[i-1]] {
			indexes[i] = indexes[i-1]
			continue
		}
		position, ok := positions[v]
		if !ok {
			position = int32(len(values))
			positions[v] = position
			values = append(values, v)
		}
		indexes[i] = position
	}
	return values, indexes
}

// encodeIndexes encodes positions in a dictionary: the number of bits, and the positions.
func encodeIndexes(indexes []int32, entries int) ([]byte, error) {
	width := max(bits.Len(uint(entries-1)), 1)
	data, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, indexes)
	return append([]byte{byte(width)}, data...), err
}
