// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer/attrs"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
)

// tokens is what the file consumer gives us of a file at a time: adjoining blocks of its bytes, as blocks (in split.go)
// cut them.
type tokens struct {
	blocks [][]byte
	// begin is where the first block begins in the file, ends where each of them ends.
	begin int64
	ends  []int64
	path  string
	// attributes are the file consumer's of this file. It stores them with its position.
	attributes map[string]any
	// forRecords are those of them that the user wants to see.
	forRecords map[string]string
}

func newTokens(blocks [][]byte, attributes map[string]any, offsets []int64, hidePath bool) tokens {
	t := tokens{blocks: blocks, begin: offsets[0], ends: offsets[1 : len(blocks)+1], attributes: attributes}
	t.path, _ = attributes[attrs.LogFilePath].(string)
	for key, value := range attributes {
		text, isText := value.(string)
		if !isText || key == fileKey || key == attrs.LogFilePath && hidePath {
			continue
		}
		if t.forRecords == nil {
			t.forRecords = map[string]string{}
		}
		t.forRecords[key] = text
	}
	return t
}

// end is where the last block ends.
func (t *tokens) end() int64 { return t.ends[len(t.ends)-1] }

// origin is that of the records.
func (t *tokens) origin() origin { return origin{name: t.path, attributes: t.forRecords} }

// head is the beginning of the file, up to headSize; that of the blocks where they begin there.
func (t *tokens) head() []byte {
	if t.begin > 0 {
		return readHead(t.path, min(headSize, t.begin))
	}
	return t.headAfter(nil)
}

// headAfter is the beginning of a file of which the blocks follow on what is known.
func (t *tokens) headAfter(known []byte) []byte {
	head := bytes.Clone(known)
	for _, block := range t.blocks {
		if head = append(head, block[:min(len(block), headSize-len(head))]...); len(head) == headSize {
			break
		}
	}
	return head
}

// isGzip looks at the first bytes of the file.
func (t *tokens) isGzip() bool {
	if t.begin == 0 {
		return bytes.HasPrefix(t.blocks[0], gzipMagic)
	}
	return bytes.Equal(readHead(t.path, int64(len(gzipMagic))), gzipMagic)
}

// isEnvelope looks at the beginning of the file.
func (t *tokens) isEnvelope() bool { return envelope.Is(t.head()) }

// readHead gives the first bytes of a file, or as many as can be read.
func readHead(path string, size int64) []byte {
	input, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer input.Close()
	head := make([]byte, size)
	n, _ := io.ReadFull(input, head)
	return head[:n]
}

// fileSize is the size of the file that is at a path now; -1 where there is none.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

// open opens the file itself, for what is not read from its blocks, and gives its present size.
func (t tokens) open() (*os.File, int64, error) {
	input, err := os.Open(t.path)
	if err != nil {
		return nil, 0, err
	}
	info, err := input.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, input.Close())
	}
	return input, info.Size(), nil
}
