// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/plogtest"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

var codecs = []compress.Codec{&parquet.Uncompressed, &parquet.Gzip, &parquet.Snappy, &parquet.Zstd}

// openBytes opens a file in memory.
func openBytes(data []byte) (*File, error) {
	return Open(bytes.NewReader(data), int64(len(data)))
}

// decoder makes the log records of the tests.
var decoder = otlp.Decoder{Scope: otlp.Scope{Name: "scope", Version: "1.2.3"}}

// observed is the observed time of all records.
const observed pcommon.Timestamp = 1750000000e9

func decodeRows(f *File) (plog.Logs, flow.Counts) { return decoder.DecodeRows(f, observed) }

func decodeLines(format *flow.Format, text string) (plog.Logs, flow.Counts) {
	logs, counts, _ := decoder.Decode(format, "", []byte(text), observed)
	return logs, counts
}

// batches reads a file in batches of the given number of rows.
func batches(tb testing.TB, p *File, rows int) (all []plog.Logs, total flow.Counts) {
	tb.Helper()
	for {
		err := p.Read(rows)
		if errors.Is(err, io.EOF) {
			return all, total
		}
		require.NoError(tb, err)
		logs, counts := decodeRows(p)
		all = append(all, logs)
		read := counts.Records
		for reason, n := range counts.Bad {
			if total.Bad == nil {
				total.Bad = map[flow.Reason]int{}
			}
			total.Bad[reason] += n
			read += n
		}
		require.LessOrEqual(tb, read, rows)
		if total.FirstBad == nil {
			total.FirstBad = counts.FirstBad
		}
		total.Records += counts.Records
	}
}

func TestRowsAndLinesGiveTheSameRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 150 {
		format := flowtest.RandomFormat(t, random)
		if i < 2 {
			format = []*flow.Format{flow.Default, flow.TransitGateway}[i]
		}
		lines := make([]string, random.IntN(50))
		for j := range lines {
			lines[j] = flowtest.RandomLine(random, format, false)
		}
		var options []parquet.WriterOption
		if random.IntN(2) == 0 {
			options = append(options, parquet.DataPageVersion(1), parquet.PageBufferSize(64))
		}
		if random.IntN(2) == 0 {
			options = append(options, parquet.MaxRowsPerRowGroup(int64(1+random.IntN(20))))
		}
		if random.IntN(2) == 0 {
			options = append(options, parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.RLEDictionary))
		}
		data := parquetOf(t, randomColumns(random, format), lines, codecs[i%len(codecs)], options...)

		p, err := openBytes(data)
		require.NoError(t, err)
		assert.Equal(t, format.String(), p.Format().String())
		got, counts := batches(t, p, 1+random.IntN(60))
		assert.Equal(t, len(lines), counts.Records)
		assert.Equal(t, format.Unknown(), p.Format().Unknown())
		begin := 0
		for _, logs := range got {
			end := begin + logs.LogRecordCount()
			want, _ := decodeLines(format, strings.Join(lines[begin:end], "\n"))
			require.NoError(t, plogtest.CompareLogs(want, logs), "%s\n%s", format, strings.Join(lines[begin:end], "\n"))
			begin = end
		}
	}
}

// randomColumns makes columns with random types that can store the values of their fields.
func randomColumns(random *rand.Rand, format *flow.Format) []sampleColumn {
	columns := awsColumns(format)
	for i := range columns {
		column := &columns[i]
		types := []string{typeString, typeBytes}
		switch f := format.Field(i); f.Kind {
		case flow.KindNumber, flow.KindDigits, flow.KindProtocol:
			types = append(types, typeInt64, typeUint64)
			if f.Max <= math.MaxInt32 {
				types = append(types, typeInt32, typeDouble)
			}
			if f.Max <= math.MaxUint16 {
				types = append(types, typeUint16)
			}
		case flow.KindStart, flow.KindEnd:
			types = append(types, typeInt64, typeUint64, typeDouble, typeMicros)
		}
		column.columnType = types[random.IntN(len(types))]
		column.optional = column.columnType != typeString && column.columnType != typeBytes || random.IntN(2) == 0
		if random.IntN(4) == 0 {
			column.name = strings.ReplaceAll(column.name, "_", "-")
		}
	}
	return columns
}

func TestRowsAndLinesGiveTheSameErrors(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	bad := 0
	for range 300 {
		format := flowtest.RandomFormat(t, random)
		line := strings.ReplaceAll(flowtest.RandomLine(random, format, true), "\xff", "x")
		_, want := decodeLines(format, line)
		if want.Bad[flow.TooFewFields]+want.Bad[flow.TooManyFields] > 0 {
			continue
		}
		bad += len(want.Bad)
		columns := awsColumns(format)
		for i := range columns {
			columns[i].columnType = typeString
		}
		p, err := openBytes(parquetOf(t, columns, []string{line}, &parquet.Snappy))
		require.NoError(t, err)
		_, got := batches(t, p, 10)
		assert.Equal(t, want.FirstBad, got.FirstBad, line)
		assert.Equal(t, want.Bad, got.Bad)
		assert.Equal(t, want.Records, got.Records)
	}
	assert.Greater(t, bad, 20)
}

func TestUnusualValues(t *testing.T) {
	type row struct {
		Srcaddr  string             `parquet:"srcaddr"`
		Srcport  int32              `parquet:"srcport"`
		Packets  float64            `parquet:"packets"`
		Start    int64              `parquet:"start"`
		Account  int64              `parquet:"account_id"`
		Truth    bool               `parquet:"truth"`
		Nested   struct{ A string } `parquet:"dstaddr"`
		Repeated []string           `parquet:"action"`
		Pandas   int64              `parquet:"__index_level_0__"`
		Note     string             `parquet:"note"`
	}
	good := row{Srcaddr: "10.0.0.1", Srcport: 1, Packets: 1}
	for name, test := range map[string]struct {
		change func(*row)
		want   *flow.LineError
	}{
		"empty text":               {func(r *row) { r.Srcaddr = "" }, nil},
		"a dash":                   {func(r *row) { r.Srcaddr = "-" }, nil},
		"NaN":                      {func(r *row) { r.Packets = math.NaN() }, nil},
		"a negative number":        {func(r *row) { r.Srcport = -1 }, flow.NewLineError(flow.NotANumber, "srcport", "-1")},
		"a number out of range":    {func(r *row) { r.Srcport = 65536 }, flow.NewLineError(flow.BadValue, "srcport", "65536")},
		"the largest number":       {func(r *row) { r.Srcport = 65535 }, nil},
		"a fraction":               {func(r *row) { r.Packets = 1.5 }, flow.NewLineError(flow.NotANumber, "packets", "1.5")},
		"a time before 1970":       {func(r *row) { r.Start = -1 }, flow.NewLineError(flow.NotANumber, "start", "-1")},
		"not an address":           {func(r *row) { r.Srcaddr = "x" }, flow.NewLineError(flow.BadAddress, "srcaddr", "x")},
		"bytes that are not UTF-8": {func(r *row) { r.Note = "a\xff" }, flow.NewLineError(flow.NotText, "note", "")},
		"text with blanks":         {func(r *row) { r.Note = "a note" }, nil},
		"the longest text":         {func(r *row) { r.Note = strings.Repeat("x", flow.MaxLine) }, nil},
		"text one byte longer":     {func(r *row) { r.Note = strings.Repeat("x", flow.MaxLine+1) }, flow.NewLineError(flow.TooLong, "note", "")},
	} {
		t.Run(name, func(t *testing.T) {
			changed := good
			test.change(&changed)
			var out bytes.Buffer
			require.NoError(t, parquet.Write(&out, []row{good, changed, good}))
			p, err := openBytes(out.Bytes())
			require.NoError(t, err)
			assert.Equal(t, "srcaddr srcport packets start account-id truth note", p.Format().String())
			require.NoError(t, p.Read(10))
			logs, counts := decodeRows(p)
			assert.Equal(t, test.want, counts.FirstBad)
			if test.want != nil {
				assert.Equal(t, 2, counts.FirstBadLine)
				assert.Equal(t, 2, counts.Records)
			}
			assert.Equal(t, []string{"truth", "note"}, counts.Unknown)
			again, counts := decodeRows(p)
			require.NoError(t, plogtest.CompareLogs(logs, again))
			assert.Equal(t, []string{"truth", "note"}, counts.Unknown)
			assert.Equal(t, io.EOF, p.Read(10))
		})
	}
}

func TestTextOfABatchIsBounded(t *testing.T) {
	// With two alternating values, the dictionary makes the file small.
	lines := []string{}
	for i := range 1000 {
		lines = append(lines, "10.0.0.1 "+strings.Repeat([]string{"x", "y"}[i%2], flow.MaxLine))
	}
	columns := []sampleColumn{{"srcaddr", typeString, false}, {"note", typeString, false}}
	p, err := openBytes(parquetOf(t, columns, lines, &parquet.Zstd, parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.RLEDictionary)))
	require.NoError(t, err)
	require.NoError(t, p.Read(1000))
	_, counts := decodeRows(p)
	assert.LessOrEqual(t, len(p.text), maxBatchText)
	assert.Greater(t, len(p.text), maxBatchText-2*flow.MaxLine)
	assert.Greater(t, counts.Bad[flow.TooLong], 100)
	assert.Equal(t, 1000, counts.Records+counts.Bad[flow.TooLong])
}

func TestSkip(t *testing.T) {
	lines := make([]string, 100)
	for i := range lines {
		lines[i] = fmt.Sprintf("2 123456789010 eni-%d 10.0.0.1 10.0.0.2 %d 22 6 20 4249 1418530010 1418530070 ACCEPT OK", i, i)
	}
	for _, version := range []int{1, 2} {
		data := parquetOf(t, awsColumns(flow.Default), lines, &parquet.Gzip, parquet.MaxRowsPerRowGroup(30),
			parquet.PageBufferSize(100), parquet.DataPageVersion(version), parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.RLEDictionary))
		for skip := range 102 {
			p, err := openBytes(data)
			require.NoError(t, err)
			require.NoError(t, p.Skip(int64(skip)))
			got, _ := batches(t, p, 7)
			ports := []int64{}
			for _, logs := range got {
				for record := range otlp.All(logs) {
					port, _ := record.Attributes().Get("source.port")
					ports = append(ports, port.Int())
				}
			}
			require.Len(t, ports, max(0, 100-skip))
			for i, port := range ports {
				require.EqualValues(t, skip+i, port)
			}
		}
	}
}
