// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// maxPage bounds a page, in bytes, and maxPageValues how many values it has. The library makes room for what the header
// of a page promises, however little there is in the file.
const (
	maxPage       = 64 << 20
	maxPageValues = 8 << 20
)

// checkPages looks at the headers of the pages of a column, from one to the next, before the library is let loose on
// them. It does not look further than there are rows.
func checkPages(r io.ReaderAt, chunk *format.ColumnMetaData, rows int64) error {
	offset := chunk.DataPageOffset
	if chunk.DictionaryPageOffset != 0 {
		offset = chunk.DictionaryPageOffset
	}
	if offset < 0 || chunk.TotalCompressedSize < 0 {
		return errors.New("it begins before the file, or has a size less than nothing")
	}
	end := offset + chunk.TotalCompressedSize
	for offset < end && rows > 0 {
		header, length, err := readPageHeader(r, offset)
		if err != nil {
			return err
		}
		offset += length + int64(header.CompressedPageSize)
		values := header.DataPageHeader.V.NumValues + header.DataPageHeaderV2.V.NumValues
		rows -= int64(values)
		values += header.DictionaryPageHeader.V.NumValues
		switch {
		case header.CompressedPageSize < 0 || offset > end:
			return fmt.Errorf("a page of %d bytes goes beyond its end", header.CompressedPageSize)
		case header.UncompressedPageSize < 0 || header.UncompressedPageSize > maxPage:
			return fmt.Errorf("a page would have %d bytes; at most %d are taken", header.UncompressedPageSize, maxPage)
		case values < 0 || values > maxPageValues:
			return fmt.Errorf("a page would have %d values; at most %d are taken", values, maxPageValues)
		}
	}
	return nil
}

// readPageHeader gives the header of a page and its length. Most are short; those with long statistics are not.
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
	return header, 0, errors.New("a page has a header that cannot be read")
}
