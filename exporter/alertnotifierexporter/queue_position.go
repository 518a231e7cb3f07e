// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"encoding/binary"
	"slices"
)

// positionKey is the key at which the exporter helper stores the position of its queue.
const positionKey = "qmv0"

// The fields of the position, which is encoded as Protocol Buffers: the tag, then 8 bytes, or the length of a list of 8 bytes
// each. See PersistentMetadata in exporterhelper/internal/queue/meta.proto.
const (
	itemsSizeTag  = 1<<3 | 1
	bytesSizeTag  = 2<<3 | 1
	readIndexTag  = 3<<3 | 1
	writeIndexTag = 4<<3 | 1
	dispatchedTag = 5<<3 | 2
)

// resume moves a stored position back to the first request that an earlier run has taken but not finished. The exporter
// helper would move such requests to the end of the queue: the end of an episode would be sent before its beginning, and a
// full disk or a crash meanwhile would drop them. resume returns a position that it cannot decode unchanged.
func resume(position []byte) []byte {
	var kept []byte
	var dispatched []uint64
	readIndex := -1 // the offset of its value in kept
	for rest := position; len(rest) > 0; {
		size := 1 + 8
		switch rest[0] {
		case readIndexTag:
			readIndex = len(kept) + 1
		case itemsSizeTag, bytesSizeTag, writeIndexTag:
		case dispatchedTag:
			length, n := binary.Uvarint(rest[1:])
			if n <= 0 || length%8 != 0 || length > uint64(len(rest)-1-n) {
				return position
			}
			list := rest[1+n : 1+n+int(length)]
			for ; len(list) > 0; list = list[8:] {
				dispatched = append(dispatched, binary.LittleEndian.Uint64(list))
			}
			rest = rest[1+n+int(length):]
			continue
		default:
			return position
		}
		if len(rest) < size {
			return position
		}
		kept = append(kept, rest[:size]...)
		rest = rest[size:]
	}
	if readIndex < 0 || len(dispatched) == 0 {
		return position
	}
	first := min(slices.Min(dispatched), binary.LittleEndian.Uint64(kept[readIndex:]))
	binary.LittleEndian.PutUint64(kept[readIndex:], first)
	return kept
}
