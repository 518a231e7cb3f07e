// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// exampleParquet makes a small file with row groups of 20 rows.
func exampleParquet(tb testing.TB, options ...parquet.WriterOption) []byte {
	tb.Helper()
	lines := strings.Split(strings.Repeat(flowtest.ExampleV2+"\n", 50), "\n")[:50]
	return parquetOf(tb, awsColumns(flow.Default), lines, &parquet.Gzip, append(options, parquet.MaxRowsPerRowGroup(20))...)
}

func TestOpenErrors(t *testing.T) {
	whole := string(exampleParquet(t))
	other := parquetOf(t, []sampleColumn{{"name", typeString, false}, {"price", typeInt64, false}}, nil, &parquet.Snappy)
	for name, test := range map[string]struct {
		content, want string
	}{
		"an empty file":                 {"", "find Parquet footer"},
		"half of the magic":             {"PA", "find Parquet footer"},
		"the magic only":                {"PAR1", "find Parquet footer"},
		"the magic twice":               {"PAR1PAR1", "find Parquet footer"},
		"a file without its last byte":  {whole[:len(whole)-1], "find Parquet footer"},
		"half a file":                   {whole[:len(whole)/2], "find Parquet footer"},
		"text":                          {flowtest.ExampleV2, `not a Parquet file: it starts with "2 12"`},
		"an encrypted file":             {"PARE" + whole[4:], "is encrypted"},
		"a footer longer than the file": {"PAR1\xff\x00\x00\x00PAR1", "decode Parquet footer: invalid length of 255 bytes"},
		"an empty footer":               {"PAR1\x00\x00\x00\x00PAR1", "decode Parquet footer"},
		"an invalid footer":             {"PAR1hello\x05\x00\x00\x00PAR1", "decode Parquet footer"},
		"other columns":                 {string(other), `no Parquet column is a flow log field: the file has 2, such as "name", "price"`},
		"a duplicate field":             {string(parquetOf(t, []sampleColumn{{"account-id", typeString, false}, {"account_id", typeString, false}}, nil, &parquet.Snappy)), "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openBytes([]byte(test.content))
			require.ErrorContains(t, err, test.want)
			assert.Equal(t, test.want == "find Parquet footer", errors.Is(err, ErrNoFooter))
		})
	}
}

func TestReadErrorsAreNotCalledCorrupt(t *testing.T) {
	data := exampleParquet(t)
	_, err := Open(bytes.NewReader(data[:100]), int64(len(data)))
	require.ErrorContains(t, err, "read Parquet file")
}

func TestRowsBeforeACorruptPageAreRead(t *testing.T) {
	data := exampleParquet(t)
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	chunk := file.Metadata().RowGroups[1].Columns[3].MetaData
	for i := range chunk.TotalCompressedSize {
		data[chunk.DataPageOffset+i] = 0xff
	}
	p, err := openBytes(data)
	require.NoError(t, err)
	require.NoError(t, p.Read(100))
	_, counts := decodeRows(p)
	assert.Equal(t, 20, counts.Records)
	err = p.Read(100)
	require.ErrorContains(t, err, "decode Parquet column srcaddr")
	assert.Equal(t, err, p.Read(100), "the error is returned again")
	_, counts = decodeRows(p)
	assert.Zero(t, counts.Records)
}

func TestSumsOfFilesDiffer(t *testing.T) {
	first, copied, other := exampleParquet(t), exampleParquet(t), exampleParquet(t, parquet.CreatedBy("else", "", ""))
	sum := func(data []byte) [32]byte {
		p, err := openBytes(data)
		require.NoError(t, err)
		return p.Sum()
	}
	assert.Equal(t, sum(first), sum(copied))
	assert.NotEqual(t, sum(first), sum(other))
}

func TestEveryCorruptByteIsHandled(t *testing.T) {
	format := flowtest.Format(t, "interface-id srcaddr srcport start")
	lines := []string{"eni-1 10.0.0.1 80 1418530010", "- - - -", "eni-2 10.0.0.2 81 1418530011"}
	data := parquetOf(t, awsColumns(format), lines, &parquet.Gzip, parquet.MaxRowsPerRowGroup(2))
	for i := range data {
		for _, value := range []byte{0, 0xff, data[i] + 1} {
			corrupt := bytes.Clone(data)
			corrupt[i] = value
			readCorrupt(t, corrupt)
		}
	}
}

// readCorrupt reads a file to its end or an error, and checks that there is one.
func readCorrupt(tb testing.TB, data []byte) {
	tb.Helper()
	p, err := openBytes(data)
	if err != nil {
		return
	}
	for range 100 {
		if err = p.Read(flowtest.BlockRecords); err != nil {
			break
		}
		logs, counts := decodeRows(p)
		read := counts.Records
		for _, n := range counts.Bad {
			read += n
		}
		require.Equal(tb, p.rows, read)
		require.Equal(tb, counts.Records, logs.LogRecordCount())
	}
	if !errors.Is(err, io.EOF) {
		require.Equal(tb, err, p.Read(1))
	}
}

func FuzzParquet(f *testing.F) {
	for _, codec := range codecs {
		for version := 1; version <= 2; version++ {
			f.Add(parquetOf(f, awsColumns(flow.Default)[:4], []string{"2 123456789010 eni-1 10.0.0.1", "- - - -"}, codec, parquet.DataPageVersion(version)))
		}
	}
	f.Add(parquetOf(f, []sampleColumn{{"end", typeMicros, true}, {"bytes", typeUint64, false}, {"packets", typeDouble, false}, {"note", typeBytes, true}},
		[]string{"1 2 3 x", "1418530070 18446744073709551615 9 -"}, &parquet.Uncompressed, parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.RLEDictionary)))
	for _, data := range securityLake(f, ocsfLines) {
		f.Add(data)
	}
	for _, line := range flowtest.Junk {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := openBytes(data)
		if err != nil {
			return
		}
		for range 100 {
			if p.Read(flowtest.BlockRecords) != nil {
				break
			}
			logs, _ := decodeRows(p)
			flowtest.AssertValidText(t, logs)
		}
		readCorrupt(t, data)
	})
}
