// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
)

// recognizer finds the known file with the same content as a file.
type recognizer struct {
	known      *registry
	ingester   *ingest.Ingester
	onTruncate string
	// pathOf returns the path of a file that is present, or "".
	pathOf func(id identity) string
}

// recognize compares the content of a file with its last known content and with the content of all known files. It
// returns the state from which to continue. unread is false if nothing is left to read.
func (r recognizer) recognize(ctx context.Context, f *file, c content, fromEnd bool) (_ *file, unread bool, _ error) {
	if f.isParquet() {
		return r.recognizeNew(ctx, r.known.replace(f), c, fromEnd)
	}
	if f.isUnread() && f.Head == nil {
		return r.recognizeNew(ctx, f, c, fromEnd)
	}
	text, err := c.text()
	if err != nil {
		return r.recognizeNew(ctx, r.known.replace(f), c, fromEnd)
	}
	switch f.known().compareHead(text) {
	case different:
		return r.recognizeNew(ctx, r.known.replace(f), c, fromEnd)
	case shorter:
		return r.truncated(f, c)
	}
	if !c.isGzip && c.size < f.Offset {
		return r.truncated(f, c)
	}
	return f, true, nil
}

// recognizeNew looks for the content of a file among all known files.
func (r recognizer) recognizeNew(ctx context.Context, f *file, c content, fromEnd bool) (_ *file, unread bool, _ error) {
	if fromEnd {
		return f, false, skipToEnd(f, c)
	}
	for _, known := range r.known.find(c) {
		relation := c.compare(known.known())
		if relation == different {
			continue
		}
		isPresent, isCopy := r.compareFiles(known, c)
		switch {
		case isCopy:
			return f, false, nil
		case relation == same:
			r.continueAfter(ctx, f, known, !isPresent)
			return f, true, nil
		}
	}
	return f, true, nil
}

// compareFiles reports whether a known file is still present with its known content, and whether it starts with the whole
// content c. A copy of a part of another file needs not be read.
func (r recognizer) compareFiles(known *file, c content) (isPresent, isCopy bool) {
	path := cmp.Or(r.pathOf(known.Identity), known.path)
	other, closeFile, ok := openContent(path, known.Identity)
	if !ok {
		return false, false
	}
	defer closeFile()
	return other.compare(known.known()) == same, c.isBeginningOf(other)
}

// continueAfter makes a file continue after the text of a known file. If that file is gone, this one replaces it, and the
// positions of its records continue those of the known file. Otherwise, both may grow differently.
func (r recognizer) continueAfter(ctx context.Context, f, known *file, replaces bool) {
	r.confirm(ctx, known)
	f.adopt(known)
	if replaces {
		f.Input = known.Input
	}
}

// confirmTimeout is how long to wait until the position of a file is confirmed before a copy continues at it.
const confirmTimeout = 3 * time.Second

// confirm waits until the records that were read from a known file are confirmed. After a crash, a copy would not read them
// again.
func (r recognizer) confirm(ctx context.Context, known *file) {
	if known.track == nil {
		return
	}
	r.ingester.SaveSoon()
	select {
	case <-known.track.Confirmed():
	case <-ctx.Done():
	case <-time.After(confirmTimeout):
	}
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
func (r recognizer) recognizeParquet(ctx context.Context, f *file, footer [sha256.Size]byte, fromEnd bool) *file {
	key := hex.EncodeToString(footer[:])
	if f.Footer == key {
		return f
	}
	if !f.isUnread() {
		f = r.known.replace(f)
	}
	if known := r.known.findParquet(key); known != nil {
		r.continueAfter(ctx, f, known, true)
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
	f.Enveloped, f.CSVHeader = envelope.Is(head), envelope.CSVHeader(head)
	return nil
}
