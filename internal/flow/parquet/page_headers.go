// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// maxPage bounds a page, in bytes. The library allocates what a page header promises, even if the file is small.
	maxPage = 64 << 20
	// maxPageValues bounds the values of a page.
	maxPageValues = 8 << 20
)

// checkPageHeaders checks the page headers of a column before the library reads its pages. It stops after the given
// number of values.
func checkPageHeaders(r io.ReaderAt, chunk *format.ColumnMetaData, left int64) error {
	offset := chunk.DataPageOffset
	if chunk.DictionaryPageOffset != 0 {
		offset = chunk.DictionaryPageOffset
	}
	if offset < 0 || chunk.TotalCompressedSize < 0 {
		return errors.New("its offset or size is negative")
	}
	end := offset + chunk.TotalCompressedSize
	for offset < end && left > 0 {
		header, length, err := readPageHeader(r, offset)
		if err != nil {
			return err
		}
		offset += length + int64(header.CompressedPageSize)
		values := header.DataPageHeader.V.NumValues + header.DataPageHeaderV2.V.NumValues
		left -= int64(values)
		values += header.DictionaryPageHeader.V.NumValues
		switch {
		case header.CompressedPageSize < 0 || offset > end:
			return fmt.Errorf("a page of %d bytes exceeds the column", header.CompressedPageSize)
		case header.UncompressedPageSize < 0 || header.UncompressedPageSize > maxPage:
			return fmt.Errorf("a page has %d bytes; the limit is %d", header.UncompressedPageSize, maxPage)
		case values < 0 || values > maxPageValues:
			return fmt.Errorf("a page has %d values; the limit is %d", values, maxPageValues)
		}
	}
	return nil
}

// readPageHeader reads a page header and returns its length. Most headers are short, except for those with long
// statistics.
func readPageHeader(r io.ReaderAt, offset int64) (header format.PageHeader, length int64, err error) {
	for _, size := range []int{512, 1 << 20} {
		data := make([]byte, size)
		n, err := r.ReadAt(data, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return header, 0, err
		}
		var protocol thrift.CompactProtocol
		reader := protocol.NewReaderFromBytes(data[:n])
		header = format.PageHeader{}
		if err = thrift.NewDecoder(reader).Decode(&header); err == nil {
			return header, int64(reader.BytesRead()), nil
		}
	}
	return header, 0, errors.New("invalid page header")
}
