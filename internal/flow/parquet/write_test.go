// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// The column types of the Parquet files that the tests write.
const (
	typeString = "STRING"
	typeBytes  = "BYTE_ARRAY"
	typeInt32  = "INT_32"
	typeInt64  = "INT_64"
	typeUint16 = "UINT_16"
	typeUint64 = "UINT_64"
	typeDouble = "DOUBLE"
	typeMicros = "TIMESTAMP_MICROS"
)

var goTypes = map[string]reflect.Type{
	typeString: reflect.TypeFor[string](),
	typeBytes:  reflect.TypeFor[[]byte](),
	typeInt32:  reflect.TypeFor[int32](),
	typeInt64:  reflect.TypeFor[int64](),
	typeUint16: reflect.TypeFor[uint16](),
	typeUint64: reflect.TypeFor[uint64](),
	typeDouble: reflect.TypeFor[float64](),
	typeMicros: reflect.TypeFor[int64](),
}

// sampleColumn is a column of a file. If it is optional, `-` is stored as null.
type sampleColumn struct {
	name, columnType string
	optional         bool
}

// awsColumns returns the columns that AWS writes for a format.
func awsColumns(format *flow.Format) []sampleColumn {
	columns := make([]sampleColumn, 0, format.Len())
	for name := range strings.FieldsSeq(format.String()) {
		column := sampleColumn{name: strings.ReplaceAll(name, "-", "_"), columnType: typeString, optional: true}
		switch name {
		case "version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path":
			column.columnType = typeInt32
		case "packets", "bytes", "start", "end":
			column.columnType = typeInt64
		}
		columns = append(columns, column)
	}
	return columns
}

// schema makes a schema with the columns in order, which a parquet.Group would not keep.
func schema(columns []sampleColumn) *parquet.Schema {
	fields := make([]reflect.StructField, 0, len(columns))
	for i, column := range columns {
		tag := column.name
		if column.optional {
			tag += ",optional"
		}
		if column.columnType == typeMicros {
			tag += ",timestamp(microsecond)"
		}
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprint("C", i), Type: goTypes[column.columnType], Tag: reflect.StructTag("parquet:" + strconv.Quote(tag)),
		})
	}
	return parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
}

// sampleWriter writes lines as rows.
type sampleWriter struct {
	tb      testing.TB
	columns []sampleColumn
	writer  *parquet.GenericWriter[any]
}

func newSampleWriter(tb testing.TB, out io.Writer, columns []sampleColumn, codec compress.Codec, options ...parquet.WriterOption) *sampleWriter {
	tb.Helper()
	options = append([]parquet.WriterOption{schema(columns), parquet.Compression(codec)}, options...)
	return &sampleWriter{tb: tb, columns: columns, writer: parquet.NewGenericWriter[any](out, options...)}
}

func (w *sampleWriter) write(line string) {
	row := make(parquet.Row, 0, len(w.columns))
	for i, text := range strings.Fields(line) {
		column := w.columns[i]
		switch {
		case column.optional && text == flow.Absent:
			row = append(row, parquet.NullValue().Level(0, 0, i))
		case column.optional:
			row = append(row, w.value(column, text).Level(0, 1, i))
		default:
			row = append(row, w.value(column, text).Level(0, 0, i))
		}
	}
	_, err := w.writer.WriteRows([]parquet.Row{row})
	require.NoError(w.tb, err)
}

func (w *sampleWriter) value(column sampleColumn, text string) parquet.Value {
	w.tb.Helper()
	if column.columnType == typeString || column.columnType == typeBytes {
		return parquet.ByteArrayValue([]byte(text))
	}
	if column.columnType == typeUint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		require.NoError(w.tb, err)
		return parquet.Int64Value(int64(n))
	}
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(w.tb, err, column.name)
	switch column.columnType {
	case typeInt32, typeUint16:
		return parquet.Int32Value(int32(n))
	case typeDouble:
		return parquet.DoubleValue(float64(n))
	case typeMicros:
		if n > 1<<33 {
			return parquet.Int64Value(n * 1e3)
		}
		return parquet.Int64Value(n * 1e6)
	}
	return parquet.Int64Value(n)
}

func (w *sampleWriter) close() {
	w.tb.Helper()
	require.NoError(w.tb, w.writer.Close())
}

// parquetOf makes a file from lines.
func parquetOf(tb testing.TB, columns []sampleColumn, lines []string, codec compress.Codec, options ...parquet.WriterOption) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := newSampleWriter(tb, &out, columns, codec, options...)
	for _, line := range lines {
		w.write(line)
	}
	w.close()
	return out.Bytes()
}
