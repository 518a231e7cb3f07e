// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkastorageextension

import (
	"bytes"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A value is stored as one or more chunks, each in a record of its own. The key of the record of a chunk is
//
//	owner 0x00 key 0x00 number of the chunk
//
// The first chunk has a header with the number of chunks. A deleted value has records without values, which compaction
// removes later. The key of an owner's own record is the owner, and its value is the ID of the session that may write.

// separator separates the parts of the key of a record. A storage key may contain it.
const separator = 0

// chunksHeader is the header with the number of chunks.
const chunksHeader = "chunks"

// recordOverhead bounds the bytes of a record and its batch that are not key or value.
const recordOverhead = 256

func recordKey(owner, key string, chunk int) []byte {
	b := make([]byte, 0, len(owner)+len(key)+12)
	b = append(append(b, owner...), separator)
	b = append(append(b, key...), separator)
	return strconv.AppendInt(b, int64(chunk), 10)
}

// parseKey returns the parts of the key of a record. It returns false for the records of other owners, and for the
// owner's own record.
func parseKey(owner string, b []byte) (key string, chunk int, ok bool) {
	if len(b) <= len(owner) || string(b[:len(owner)]) != owner || b[len(owner)] != separator {
		return "", 0, false
	}
	b = b[len(owner)+1:]
	end := bytes.LastIndexByte(b, separator)
	if end < 0 {
		return "", 0, false
	}
	chunk, err := strconv.Atoi(string(b[end+1:]))
	return string(b[:end]), chunk, err == nil && chunk >= 0
}

// chunksOf returns the number of chunks of a value whose first chunk is r.
func chunksOf(r *kgo.Record) int {
	for _, h := range r.Headers {
		if h.Key == chunksHeader {
			if n, err := strconv.Atoi(string(h.Value)); err == nil {
				return min(max(n, 1), maxChunks)
			}
		}
	}
	return 1
}

// maxChunks bounds the chunks of a value. The values of the components are smaller.
const maxChunks = 1 << 16

// setRecords returns the records that store a value, and delete the chunks of a previous value that are too many.
func setRecords(owner, key string, value []byte, chunkSize, previous int) (records []*kgo.Record) {
	n := chunkCount(value, chunkSize)
	for i := range n {
		chunk := value[min(i*chunkSize, len(value)):min((i+1)*chunkSize, len(value))]
		if chunk == nil {
			chunk = []byte{} // nil would delete the key
		}
		r := &kgo.Record{Key: recordKey(owner, key, i), Value: chunk}
		if i == 0 && n > 1 {
			r.Headers = []kgo.RecordHeader{{Key: chunksHeader, Value: strconv.AppendInt(nil, int64(n), 10)}}
		}
		records = append(records, r)
	}
	return append(records, deleteRecords(owner, key, n, previous)...)
}

func chunkCount(value []byte, chunkSize int) int { return max(1, (len(value)+chunkSize-1)/chunkSize) }

// deleteRecords returns the records that delete the chunks from first to end, exclusive.
func deleteRecords(owner, key string, first, end int) (records []*kgo.Record) {
	for i := first; i < end; i++ {
		records = append(records, &kgo.Record{Key: recordKey(owner, key, i)})
	}
	return records
}
