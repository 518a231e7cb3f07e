// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package encode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// version is the version of all stored values. Increment it when the encoding or the meaning of any value changes.
const version = 2

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	// ErrDamaged is the error for stored values with a wrong checksum or invalid content.
	ErrDamaged = errors.New("is damaged")
)

// Seal returns the content in the form to store: the version, the content, and a checksum of both.
func Seal(content []byte) []byte {
	value := make([]byte, 0, len(content)+5)
	value = append(value, version)
	value = append(value, content...)
	return binary.LittleEndian.AppendUint32(value, crc32.Checksum(value, castagnoli))
}

// Unseal returns the content of a stored value.
func Unseal(value []byte) ([]byte, error) {
	if len(value) < 5 {
		return nil, ErrDamaged
	}
	body := value[:len(value)-4]
	if binary.LittleEndian.Uint32(value[len(body):]) != crc32.Checksum(body, castagnoli) {
		return nil, ErrDamaged
	}
	if body[0] != version {
		return nil, fmt.Errorf("has version %d, but this collector reads version %d only", body[0], version)
	}
	return body[1:], nil
}
