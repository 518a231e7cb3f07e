// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"encoding/binary"
	"io"

	"github.com/parquet-go/parquet-go/bloom"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// encoder writes a Parquet file. It exists because the writers of the library add a megabyte to the binary, for types that
// flows do not have.
type encoder struct {
	out      io.Writer
	offset   int64
	codec    zstd.Codec
	protocol thrift.CompactProtocol
	meta     format.FileMetaData
}

// writeRows writes a file with rows, which are in order of time. There is at least one.
func writeRows(out io.Writer, rows []Row) error {
	e := encoder{out: out, codec: zstd.Codec{Level: zstd.SpeedDefault}, meta: format.FileMetaData{
		Version: 2, NumRows: int64(len(rows)), CreatedBy: "otelcol-vpcflow", Schema: schema(),
	}}
	for range columns {
		e.meta.ColumnOrders = append(e.meta.ColumnOrders, format.ColumnOrder{Value: &format.TypeDefinedOrder{}})
	}
	if err := e.write([]byte(magic)); err != nil {
		return err
	}
	for start := 0; start < len(rows); start += partRows {
		if err := e.writeGroup(rows[start:min(start+partRows, len(rows))]); err != nil {
			return err
		}
	}
	footer, err := thrift.Marshal(&e.protocol, &e.meta)
	if err != nil {
		return err
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	return e.write(append(footer, magic...))
}

// schema returns the root and the columns.
func schema() (elements []format.SchemaElement) {
	elements = append(elements, format.SchemaElement{Name: "flow", NumChildren: thrift.New(int32(len(columns)))})
	for i := range columns {
		c := &columns[i]
		s := format.SchemaElement{Name: c.name, RepetitionType: thrift.New(format.Required)}
		switch {
		case c.text != nil:
			s.Type, s.ConvertedType = thrift.New(format.ByteArray), thrift.New(deprecated.UTF8)
			s.LogicalType.Value = &format.StringType{}
		case c.small != nil:
			s.Type = thrift.New(format.Int32)
		default:
			s.Type = thrift.New(format.Int64)
		}
		elements = append(elements, s)
	}
	return elements
}

func (e *encoder) writeGroup(rows []Row) error {
	group := format.RowGroup{
		NumRows: int64(len(rows)), FileOffset: e.offset, Ordinal: int16(len(e.meta.RowGroups)), SortingColumns: []format.SortingColumn{{}},
	}
	for i := range columns {
		chunk, err := e.writeColumn(&columns[i], rows)
		if err != nil {
			return err
		}
		group.Columns = append(group.Columns, chunk)
		group.TotalByteSize += chunk.MetaData.TotalUncompressedSize
		group.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
	}
	e.meta.RowGroups = append(e.meta.RowGroups, group)
	return nil
}

func (e *encoder) writeColumn(c *column, rows []Row) (chunk format.ColumnChunk, err error) {
	values, err := c.encode(rows)
	if err != nil {
		return chunk, err
	}
	m := &chunk.MetaData
	*m = format.ColumnMetaData{
		Type: values.kind, Encoding: []format.Encoding{values.encoding}, PathInSchema: []string{c.name}, Codec: format.Zstd,
		NumValues: int64(len(rows)), Statistics: format.Statistics{MinValue: values.min, MaxValue: values.max},
	}
	if values.entries > 0 {
		m.Encoding = append(m.Encoding, format.Plain) // of the dictionary
		m.DictionaryPageOffset = e.offset
		var header format.PageHeader
		header.Type = format.DictionaryPage
		header.DictionaryPageHeader = thrift.New(format.DictionaryPageHeader{NumValues: int32(values.entries), Encoding: format.Plain})
		if err := e.writePage(m, header, values.dictionary); err != nil {
			return chunk, err
		}
	}
	m.DataPageOffset = e.offset
	var header format.PageHeader
	header.Type = format.DataPage
	header.DataPageHeader = thrift.New(format.DataPageHeader{
		NumValues: int32(len(rows)), Encoding: values.encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
	})
	if err := e.writePage(m, header, values.data); err != nil || !c.bloom {
		return chunk, err
	}
	return chunk, e.writeBloom(m, values.texts)
}

// writePage compresses and writes a page, and adds its size to the column.
func (e *encoder) writePage(m *format.ColumnMetaData, header format.PageHeader, data []byte) error {
	compressed, err := e.codec.Encode(nil, data)
	if err != nil {
		return err
	}
	header.UncompressedPageSize, header.CompressedPageSize = int32(len(data)), int32(len(compressed))
	head, err := thrift.Marshal(&e.protocol, &header)
	if err != nil {
		return err
	}
	m.TotalUncompressedSize += int64(len(head) + len(data))
	m.TotalCompressedSize += int64(len(head) + len(compressed))
	return e.write(append(head, compressed...))
}

func (e *encoder) writeBloom(m *format.ColumnMetaData, texts []string) error {
	filter := make(bloom.SplitBlockFilter, bloom.NumSplitBlocksOf(int64(len(texts)), bloomBits))
	for _, text := range texts {
		filter.Insert(bloom.XXH64{}.Sum64([]byte(text)))
	}
	header := format.BloomFilterHeader{NumBytes: int32(len(filter.Bytes()))}
	header.Algorithm.Value = &format.SplitBlockAlgorithm{}
	header.Hash.Value = &format.XxHash{}
	header.Compression.Value = &format.BloomFilterUncompressed{}
	head, err := thrift.Marshal(&e.protocol, &header)
	if err != nil {
		return err
	}
	m.BloomFilterOffset, m.BloomFilterLength = e.offset, int32(len(head)+len(filter.Bytes()))
	return e.write(append(head, filter.Bytes()...))
}

func (e *encoder) write(data []byte) error {
	n, err := e.out.Write(data)
	e.offset += int64(n)
	return err
}
