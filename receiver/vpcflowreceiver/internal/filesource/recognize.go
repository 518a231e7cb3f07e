// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// recognizer finds the known file with the same content as a file.
type recognizer struct {
	known      *registry
	onTruncate string
}

// recognize compares the content of a file with its last known content and with the content of all known files. It
// returns the state from which to continue. unread is false if nothing is left to read.
func (r recognizer) recognize(f *file, c content, fromEnd bool) (_ *file, unread bool, _ error) {
	if f.isParquet() {
		return r.recognizeNew(r.known.replace(f), c, fromEnd)
	}
	if f.isUnread() {
		return r.recognizeNew(f, c, fromEnd)
	}
	text, err := c.text()
	if err != nil {
		return r.recognizeNew(r.known.replace(f), c, fromEnd)
	}
	switch f.Content.compareHead(text) {
	case different:
		return r.recognizeNew(r.known.replace(f), c, fromEnd)
	case shorter:
		return r.truncated(f, c)
	}
	if !c.isGzip && c.size < f.Offset {
		return r.truncated(f, c)
	}
	return f, true, nil
}

// recognizeNew looks for the content of a file among all known files.
func (r recognizer) recognizeNew(f *file, c content, fromEnd bool) (_ *file, unread bool, _ error) {
	if fromEnd {
		return f, false, skipToEnd(f, c)
	}
	known, isCopy := r.known.find(c)
	if known != nil {
		f.adopt(known)
	}
	return f, !isCopy, nil
}

// truncated handles a file that has become shorter but has the same beginning.
func (r recognizer) truncated(f *file, c content) (_ *file, unread bool, _ error) {
	switch {
	case c.isGzip || r.onTruncate == OnTruncateIgnore:
		return f, false, nil
	case r.onTruncate == OnTruncateReadWholeFile:
		return r.known.replace(f), true, nil
	}
	f = r.known.replace(f)
	return f, false, skipToEnd(f, c)
}

// recognizeParquet looks for a Parquet file among all known files by its footer.
func (r recognizer) recognizeParquet(f *file, footer [sha256.Size]byte, fromEnd bool) *file {
	key := hex.EncodeToString(footer[:])
	if f.Footer == key {
		return f
	}
	if !f.isUnread() {
		f = r.known.replace(f)
	}
	if known := r.known.findParquet(key); known != nil {
		f.adopt(known)
	} else if fromEnd {
		f.Done = true
	}
	f.Footer = key
	return f
}

// maxHeader is the number of bytes that are searched for a header when reading starts at the end of a file.
const maxHeader = 4 << 10

// skipToEnd moves the checkpoint of a new file to its end. In a compressed file, that is after the last whole line that
// can be read. The header of the file, if any, gives the format of later lines.
func skipToEnd(f *file, c content) error {
	head, err := c.head(headSize)
	if err != nil && len(head) == 0 {
		return nil // Once the file can be read, it is read from its beginning.
	}
	first, _, _ := bytes.Cut(head[:min(len(head), maxHeader)], []byte{'\n'})
	format, _ := flow.ParseHeader(string(first))
	switch {
	case c.isGzip:
		if text, err := c.text(); err == nil {
			f.Content.writeLines(text)
		}
	case c.size <= headSize:
		if _, err := io.Copy(&f.Content, io.NewSectionReader(c.input, 0, c.size)); err != nil {
			return err
		}
	default:
		_, _ = f.Content.Write(head)
		f.Content.skipTo(c.size)
	}
	f.Checkpoint = ingest.NewCheckpoint(f.Content.Size, format)
	f.Enveloped = envelope.Is(head)
	return nil
}
